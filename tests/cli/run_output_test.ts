/** Which text goes to which stream. Real processes: streams are what is tested. */

import assert from "node:assert/strict";
import { type EventLine, eventLine } from "../../pipelines/event_schema.ts";
import { zoetrope } from "../support/command_line.ts";
import { command } from "../support/fake_host.ts";
import { withFolder } from "../support/tiny_run.ts";

const config = `name: small
stages:
  clips: { uses: dataset/moving_mnist, with: { train: 2, validation: 1, test: 1, frames: 2, contextFrames: 1 } }
`;

function read(text: string): EventLine[] {
  assert.ok(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => eventLine.parse(JSON.parse(line)));
}

Deno.test("run keeps standard output for what was asked for, and tells a person on the other", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/small.yaml`, config);
    const run = (...options: string[]) => zoetrope(["run", "small.yaml", ...options], folder);

    const events = await run("--events", "-");
    assert.equal(events.code, 0, events.err);
    const kinds = read(events.out).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["run-started", "stage-started", "stage-finished", "run-finished"]);
    assert.match(events.err, /^plan {3}small[^]*▸ clips {2}runs[^]*done {3}1 ran/);

    const json = await run("--json", "--events", "events.ndjson");
    assert.equal(JSON.parse(json.out).stages[0].state, "cached");
    assert.match(json.err, /^plan {3}small[^]*✓ clips {2}cached[^]*done {3}1 cached/);
    const written = read(await Deno.readTextFile(`${folder}/events.ndjson`));
    assert.deepEqual(written.map(({ kind }) => kind), [
      "run-started",
      "stage-cached",
      "run-finished",
    ]);

    const quiet = await run("--quiet", "--events", "-");
    assert.deepEqual([quiet.err, read(quiet.out).length], ["", 3]);
    const text = await run();
    assert.deepEqual([text.err, /^plan[^]*report: .*\n$/.test(text.out)], ["", true]);
  }));

Deno.test("run --events - for someone who reads one line only ends well", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/small.yaml`, config);
    const { code, out, err } = await shell(folder, "run small.yaml --events - | head -n 1");
    assert.deepEqual([code, read(out)[0]?.kind], [0, "run-started"]);
    assert.match(err, /^plan[^]*report: .*\nstatus 0\n$/);
  }));

async function shell(folder: string, line: string) {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const deno = `"${Deno.execPath()}" run -A --quiet --no-check --node-modules-dir=manual "${main}"`;
  const script = line.replace("run ", `{ ${deno} run `).replace(
    " |",
    '; echo "status $?" >&2; } |',
  );
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

Deno.test("run refuses two documents on one stream, and events where no file can be", () =>
  withFolder(async (folder) => {
    const tiny = "name: tiny\nstages:\n  numbers: { uses: tiny/numbers }\n";
    await Deno.writeTextFile(`${folder}/tiny.yaml`, tiny);
    const both = await command(folder, ["run", "tiny.yaml", "--json", "--events", "-"]);
    assert.deepEqual([both.code, both.out], [2, ""]);
    assert.match(both.err, /^Cannot print with "--json" and "--events -"/);
    for (const path of ["nowhere/events.ndjson", "."]) {
      const { code, err } = await command(folder, ["run", "tiny.yaml", "--events", path]);
      assert.equal(code, 2);
      assert.match(err, new RegExp(`^Cannot write events to "${path}": it`));
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["tiny.yaml"]);
  }));
