/** Configs made to hang, crash or misuse the planner: each ends in a diagnostic, soon, and writes nothing. */

import assert from "node:assert/strict";
import process from "node:process";
import { command } from "../support/fake_host.ts";
import { hostileStages } from "../support/hostile_stages.ts";
import { tinyStages } from "../support/tiny_stages.ts";
import { withFolder } from "../support/tiny_run.ts";
import { generatedConfigs, type HostileConfig } from "./generated_configs.ts";
import { listing, makeHostileProject } from "./places.ts";

const stages = { ...tinyStages, ...hostileStages };

/** Processor time in which each must be refused: a busy machine does not count. */
const LIMIT_MS = 2000;

async function refuse(project: string, file: string, { text, expect, args = [] }: HostileConfig) {
  if (text.length > 0) {
    await Deno.writeFile(
      `${project}/${file}`,
      typeof text === "string" ? new TextEncoder().encode(text) : text,
    );
  } else {
    // A hole: it takes no room.
    await Deno.writeFile(`${project}/${file}`, new Uint8Array());
    await Deno.truncate(`${project}/${file}`, 2 ** 30);
  }
  const before = listing(`${project}/..`);
  const started = process.cpuUsage();
  const { code, out, err } = await command(project, ["plan", file, ...args], { stages });
  const { user, system } = process.cpuUsage(started);
  const elapsedMs = (user + system) / 1000;
  assert.equal(code, 3, `${out}\n${err}`.slice(0, 2000));
  const first = err.split("\n").find((line) => /^\S+:\d+:\d+ /.test(line)) ?? "";
  // Options have no place in a file.
  if (args.length === 0) assert.match(first.slice(0, 400), placed(expect));
  else assert.match(err.slice(0, 400), expect);
  // No escape code, no other control character and nothing that turns text around.
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(err + out, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  assert.ok(err.length < 200_000, `${err.length} characters are told`);
  assert.deepEqual(listing(`${project}/..`), before, "nothing may be written");
  assert.ok(elapsedMs < LIMIT_MS, `${Math.round(elapsedMs)} ms`);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
}

Deno.test("hostile config files are refused where they are wrong", async (t) => {
  const folder = new URL("configs/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.ok(names.length >= 60);
  await withFolder(async (outer) => {
    const project = await makeHostileProject(outer);
    for (const name of names) {
      await t.step(name, async () => {
        const text = await Deno.readTextFile(new URL(name, folder));
        // The first line says what is expected.
        const said = /^# (.*)\n/.exec(text)?.[1] ?? "1:1 one YAML document";
        const [place = "", ...message] = said.split(" ");
        const expect = new RegExp(`${place} .*(?:${escapeButAlternatives(message.join(" "))})`);
        await refuse(project, name, { text, expect });
      });
    }
  });
});

Deno.test("generated hostile configs and overrides are refused", async (t) => {
  await withFolder(async (outer) => {
    const project = await makeHostileProject(outer);
    await Deno.writeTextFile(`${project}/good.yaml`, "stages: { a: { uses: tiny/numbers } }\n");
    for (const [name, config] of Object.entries(generatedConfigs)) {
      await t.step(name, async () => {
        await refuse(project, "x.yaml", config);
      });
    }
  });
});

/** `file:` before a pattern that begins with a place, and any place before one that does not. */
function placed({ source }: RegExp): RegExp {
  return /^(\d|\\d)/.test(source)
    ? new RegExp(`^\\S+?:${source}`)
    : new RegExp(`^\\S+?:\\d+:\\d+ .*(?:${source})`);
}

/** Comments are words, but "|" stands between two of them. */
function escapeButAlternatives(text: string): string {
  return text.split("|").map(RegExp.escape).join("|");
}
