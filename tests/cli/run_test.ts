/** The real command line with the smallest data set there is. */

import assert from "node:assert/strict";
import { withFolder } from "../support/tiny_run.ts";

const config = `name: small
stages:
  clips: { uses: dataset/moving_mnist, with: { train: 2, validation: 1, test: 1, frames: 2, contextFrames: 1 } }
`;

const main = new URL("../../main.ts", import.meta.url).pathname;

interface Options {
  /** Folders that may be written; all of them unless given. */
  readonly write?: string;
  /** Press Ctrl-C twice while a stage runs. */
  readonly isInterrupted?: boolean;
}

async function zoetrope(folder: string, args: readonly string[], options: Options = {}) {
  const write = options.write === undefined ? "--allow-write" : `--allow-write=${options.write}`;
  const flags = ["--no-check", "--no-prompt", "--allow-read", write, "--allow-run", "--allow-env"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, "--allow-sys", main, ...args],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (options.isInterrupted) {
    const deadline = Date.now() + 60_000;
    while (!hasStarted(folder)) {
      assert.ok(Date.now() < deadline, "no stage began within 60 s");
      await pause(20);
    }
    await pause(300);
    child.kill("SIGINT");
    await pause(200);
    child.kill("SIGINT");
  }
  const { code, stdout, stderr } = await child.output();
  return {
    code,
    out: new TextDecoder().decode(stdout),
    err: new TextDecoder().decode(stderr),
  };
}

function hasStarted(folder: string): boolean {
  try {
    return [...Deno.readDirSync(`${folder}/runs`)].some(({ name }) =>
      Deno.readTextFileSync(`${folder}/runs/${name}/events.ndjson`).includes("stage-started")
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function readLatest(folder: string) {
  return JSON.parse(Deno.readTextFileSync(`${folder}/runs/latest/run.json`));
}

Deno.test("run leaves run.json, events, and a report, and says where; the second run is cached", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/small.yaml`, config);
    const first = await zoetrope(folder, ["run", "small.yaml"]);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /^plan {3}small {2}1 stage {3}to run: clips/);
    const report = /done {3}1 ran .* report: (runs\/\d{8}-\d{6}-small\/report\.html)\n$/.exec(
      first.out,
    );
    assert.match(await Deno.readTextFile(`${folder}/${report?.[1]}`), /^<!doctype html>/);
    const record = readLatest(folder);
    assert.deepEqual([record.format, record.name, record.status], [1, "small", "succeeded"]);
    assert.equal(record.stages[0].state, "ran");
    assert.equal(record.stages[0].outputs.train.kind, "clips");
    assert.match(record.provenance.engine, /^onnxruntime \d/);
    const events = (await Deno.readTextFile(`${folder}/runs/latest/events.ndjson`)).trim().split(
      "\n",
    );
    assert.deepEqual(JSON.parse(events.at(-1) ?? "").kind, "run-finished");

    const second = await zoetrope(folder, ["run", "small.yaml", "--json"]);
    const answer = JSON.parse(second.out);
    assert.equal(answer.stages[0].state, "cached");
    assert.deepEqual(answer.stages[0].outputs, record.stages[0].outputs);
    assert.match(second.err, /✓ clips {2}cached/);
    assert.deepEqual(readLatest(folder), answer);

    const options = { write: `${folder}/runs` };
    const readOnly = await zoetrope(folder, ["run", "small.yaml"], options);
    assert.equal(readOnly.code, 0, "a cached run needs no store that can be written");

    const forced = await zoetrope(folder, ["run", "small.yaml", "--force", "--quiet"]);
    assert.deepEqual([forced.code, forced.out, forced.err], [0, "", ""]);
    assert.equal(readLatest(folder).stages[0].state, "ran");
    assert.deepEqual(readLatest(folder).stages[0].outputs, record.stages[0].outputs);
  }));

Deno.test("report writes the same page again from run.json", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/small.yaml`, config);
    await zoetrope(folder, ["run", "small.yaml"]);
    const path = `${folder}/runs/latest/report.html`;
    const before = await Deno.readTextFile(path);
    await Deno.remove(path);
    const { code, out } = await zoetrope(folder, ["report"]);
    assert.deepEqual([code, out], [0, "report: runs/latest/report.html\n"]);
    assert.equal(await Deno.readTextFile(path), before);
    const wrong = await zoetrope(folder, ["report", "nowhere"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /Cannot report "nowhere"/);
  }));

Deno.test("run with a failing stage ends with 1 and still writes its record, report and log", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/bad.npy`, "no array");
    const bad = config.replace("train: 2", "testFile: bad.npy, size: 64, train: 2");
    await Deno.writeTextFile(`${folder}/small.yaml`, bad);
    const { code, out } = await zoetrope(folder, ["run", "small.yaml"]);
    assert.equal(code, 1);
    assert.match(out, /✗ clips {2}Cannot read \.npy/);
    assert.match(out, /failed {3}1 failed .* report: /);
    assert.equal(readLatest(folder).status, "failed");
    assert.match(await Deno.readTextFile(`${folder}/runs/latest/logs/clips.log`), /at .*npy\.ts/);
    assert.ok((await Deno.stat(`${folder}/runs/latest/report.html`)).isFile);
  }));

Deno.test("run ends with 4 and one clear line when the store cannot be written", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/small.yaml`, config);
    const { code, err } = await zoetrope(folder, ["run", "small.yaml"], {
      write: `${folder}/runs`,
    });
    assert.equal(code, 4);
    assert.match(
      err,
      /^Cannot open the store ".*\.zoetrope": this process must be permitted to .*\n$/,
    );
    await Deno.writeTextFile(`${folder}/file`, "");
    const other = await zoetrope(folder, ["run", "small.yaml", "--store", "file"]);
    assert.equal(other.code, 4);
    assert.match(other.err, /the store must be a folder/);
  }));

Deno.test("Ctrl-C twice ends a run with 130 and a record, whatever its stage does", () =>
  withFolder(async (folder) => {
    // Some seconds of work that looks at nothing else.
    const long = config.replace("train: 2", "train: 6000").replace("frames: 2", "frames: 20");
    await Deno.writeTextFile(`${folder}/long.yaml`, long);
    const { code, err } = await zoetrope(folder, ["run", "long.yaml"], { isInterrupted: true });
    assert.equal(code, 130, err);
    assert.match(err, /Stopping: running stages save a checkpoint/);
    assert.equal(readLatest(folder).status, "interrupted");
    assert.match(readLatest(folder).stages[0].message, /Interrupted/);
  }));
