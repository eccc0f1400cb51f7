/** The real command line in processes: exit codes, the lock file, logs, signals and closed pipes. */

import assert from "node:assert/strict";
import process from "node:process";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import { repository, zoetrope } from "../support/command_line.ts";
import { withFolder } from "../support/tiny_run.ts";

const config = `name: small
stages:
  clips: { uses: dataset/moving_mnist, with: { train: 2, validation: 1, test: 1, frames: 2, contextFrames: 1 } }
`;

/** Packages are installed: deno would look for that, and wait for whoever installs some. */
const FLAGS = ["-A", "--quiet", "--no-check", "--cached-only", "--node-modules-dir=manual"];

/** Some seconds of work that looks at nothing else, and then a stage of no work. */
const long = `name: long
stages:
  slow: { uses: dataset/moving_mnist, with: { train: 6000, validation: 1, test: 1, frames: 20 } }
  next: { uses: dataset/moving_mnist, with: { train: 2, validation: 1, test: 1, frames: 2, contextFrames: 1 } }
`;

function recordOf(folder: string) {
  return JSON.parse(Deno.readTextFileSync(`${folder}/runs/latest/run.json`));
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
}

/** Starts `run long.yaml` as the leader of a group, and waits until its first stage runs. */
async function startLong(folder: string, ...more: readonly string[]) {
  await write(folder, { "long.yaml": long });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...FLAGS, `${repository}/main.ts`, "run", "long.yaml", ...more],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const deadline = Date.now() + 60_000;
  while (!hasStarted(folder)) {
    assert.ok(Date.now() < deadline, "no stage began within 60 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return child;
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

async function end(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** Process groups of the processes whose command line names the folder. */
async function groupsOf(folder: string): Promise<readonly number[]> {
  const ps = new Deno.Command("ps", { args: ["-eo", "pgid=,stat=,args="] });
  const lines = new TextDecoder().decode((await ps.output()).stdout).split("\n");
  return lines.filter((line) => line.includes(folder)).map((line) => parseInt(line));
}

Deno.test("exit codes are those that design and documentation say", () =>
  withFolder(async (folder) => {
    await write(folder, {
      "small.yaml": config,
      "wrong.yaml": config.replace("frames: 2", "frames: two"),
      "bad.yaml": config.replace("train: 2", "testFile: bad.npy, size: 64, train: 2"),
      "bad.npy": "no array",
      "file": "no folder",
    });
    const run = (...args: readonly string[]) => zoetrope(["run", ...args], folder);
    const missing = await run("small.yaml", "--frozen");
    assert.equal(missing.code, 6, missing.err);
    assert.equal(
      missing.err,
      "Cannot find the lock file small.lock.yaml: a run without --frozen writes it\n",
    );
    const done = await run("small.yaml");
    assert.equal(done.code, 0, done.err);
    const [{ key }] = recordOf(folder).stages;
    const failed = await run("bad.yaml");
    assert.equal(failed.code, 1, failed.err);
    assert.match(failed.out, /\nfailed {3}clips: Cannot read \.npy.*\nfailed {3}1 failed/);
    const usage = await run("small.yaml", "--force-from", "clip");
    assert.deepEqual([usage.code, usage.err], [2, 'Unknown stage "clip". Did you mean "clips"?\n']);
    assert.equal((await run("small.yaml", "--time-budget", "10")).code, 2);
    assert.equal((await run("wrong.yaml")).code, 3);
    assert.equal((await run("small.yaml", "--store", "file")).code, 4);

    const lease = await openLocalStore(`${folder}/other`).tryLease(key);
    assert.ok("release" in lease);
    // A module of tests is younger than its process, which a lease takes for another one of its number.
    const holder = new Deno.Command("sleep", { args: ["600"] }).spawn();
    lease.adopt(holder.pid);
    const waited = await run("small.yaml", "--store", "other", "--lease-timeout", "1s");
    assert.equal(waited.code, 5, waited.err);
    assert.match(waited.out, new RegExp(`Waited 1 s for process ${Deno.pid} on `));
    holder.kill();
    await holder.status;
    lease.release();

    const stages = { "force-only": "clips", "force-from": "clips" };
    for (const [option, stage] of Object.entries(stages)) {
      assert.equal((await run("small.yaml", `--${option}`, stage)).code, 0);
      assert.equal(recordOf(folder).stages[0].state, "ran", option);
    }
  }));

Deno.test("a lock file is written, proved, and left alone", () =>
  withFolder(async (folder) => {
    await write(folder, { "small.yaml": `${config}profiles: { more: { seed: 2 } }\n` });
    const run = (...args: readonly string[]) => zoetrope(["run", "small.yaml", ...args], folder);
    assert.equal((await run("--set", "seed=5")).code, 0);
    const locks = () =>
      [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
        name.endsWith(".lock.yaml")
      ).sort();
    assert.deepEqual(locks(), [], "a run with --set writes none");
    assert.equal((await run()).code, 0);
    assert.deepEqual(locks(), ["small.lock.yaml"]);
    assert.equal((await run("--profile", "more")).code, 0);
    assert.deepEqual(locks(), ["small.lock.yaml", "small.more.lock.yaml"]);
    const path = `${folder}/small.lock.yaml`;
    const text = await Deno.readTextFile(path);
    const { mtime } = await Deno.stat(path);

    assert.equal((await run("--frozen")).code, 0);
    assert.equal(
      (await run("--frozen", "--force", "-q")).code,
      0,
      "computed again, to the same bytes",
    );
    const changed = await run("--frozen", "--set", "seed=7", "--set", "stages.clips.with.train=3");
    assert.equal(changed.code, 6);
    assert.match(
      changed.err,
      /^The config is not that of small\.lock\.yaml:\n {2}Stage "clips": the lock file has key [0-9a-f]{64}, but it is [0-9a-f]{64}: seed 0 -> 7, with\.train 2 -> 3\n$/,
    );
    assert.equal((await run()).code, 0);
    assert.equal(await Deno.readTextFile(path), text);
    assert.deepEqual(
      (await Deno.stat(path)).mtime,
      mtime,
      "what says the same is not written again",
    );

    await Deno.writeTextFile(path, text.replace("stages:", "<<<<<<< HEAD\nstages:"));
    const marker = await run("--frozen");
    assert.equal(marker.code, 6);
    assert.match(marker.err, /small\.lock\.yaml:4: git left the marker of a conflict here/);
    // A run that may write it puts it right.
    assert.equal((await run()).code, 0);
    assert.equal(await Deno.readTextFile(path), text);
  }));

Deno.test("a folder that cannot be written costs a warning, not the run", () =>
  withFolder(async (folder) => {
    await write(folder, { "small.yaml": config });
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...FLAGS.slice(1),
        "--no-prompt",
        "--allow-read",
        `--allow-write=${folder}/.zoetrope,${folder}/runs`,
        "--allow-run",
        "--allow-env",
        "--allow-sys",
        `${repository}/main.ts`,
        "run",
        "small.yaml",
      ],
      cwd: folder,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { code, err } = await end(child);
    assert.equal(code, 0, err);
    assert.match(err, /^The lock file was not written: Cannot write ".*small\.lock\.yaml"/);
  }));

Deno.test("a time budget ends a run with 1, and the next run does the rest", () =>
  withFolder(async (folder) => {
    await write(folder, { "long.yaml": long });
    const first = await zoetrope(["run", "long.yaml", "--time-budget", "1s"], folder);
    assert.equal(first.code, 1, first.err);
    assert.match(first.err, /Stopping: the time budget of 1 s is used up/);
    const [slow, next] = recordOf(folder).stages;
    assert.equal(recordOf(folder).status, "interrupted");
    assert.ok(["ran", "failed"].includes(slow.state));
    assert.deepEqual(
      [next.state, next.message],
      ["skipped", "Skipped, because the time budget of 1 s is used up"],
    );
    const second = await zoetrope(["run", "long.yaml", "--time-budget", "1h"], folder);
    assert.equal(second.code, 0, second.err);
    assert.equal(recordOf(folder).stages[1].state, "ran");
  }));

Deno.test("Ctrl-C for a whole group and SIGTERM stop a run in order; no process is left", () =>
  withFolder(async (folder) => {
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const inner = `${folder}/${signal}`;
      await Deno.mkdir(inner);
      const child = await startLong(inner);
      let groups = await groupsOf(`${inner}/.zoetrope`);
      // The event is told just before the process is there.
      while (groups.length === 0) groups = await groupsOf(`${inner}/.zoetrope`);
      assert.ok(!groups.includes(child.pid), "a stage has a group of its own");
      process.kill(-child.pid, signal);
      const { code: found, err } = await end(child);
      assert.equal(found, code, err);
      assert.match(err, /^Stopping: running stages save a checkpoint/);
      assert.equal(recordOf(inner).status, "interrupted");
      assert.equal(recordOf(inner).stages[1].state, "skipped");
      assert.deepEqual(await groupsOf(`${inner}/.zoetrope`), []);
    }
  }));

Deno.test("logs shows what a stage printed, in this run or when its result was computed", () =>
  withFolder(async (folder) => {
    await write(folder, {
      "small.yaml": config,
      "bad.yaml": config.replace("train: 2", "testFile: bad.npy, size: 64, train: 2"),
      "bad.npy": "no array",
    });
    assert.equal((await zoetrope(["run", "small.yaml"], folder)).code, 0);
    assert.equal((await zoetrope(["run", "small.yaml"], folder)).code, 0);
    const cached = await zoetrope(["logs", "clips"], folder);
    assert.equal(cached.code, 0, cached.err);
    assert.match(cached.out, /^--- clips: cached, computed \d{4}-.*, key [0-9a-f]{6} ---\n/);
    const byConfig = await zoetrope(["logs", "small.yaml", "clips", "--json"], folder);
    const { stage, key, warnings, log } = JSON.parse(byConfig.out);
    assert.deepEqual([stage, key, warnings, log], [
      "clips",
      recordOf(folder).stages[0].key,
      [],
      "",
    ]);
    const unknown = await zoetrope(["logs", "small.yaml", "clip"], folder);
    assert.deepEqual([unknown.code, unknown.out], [2, ""]);
    assert.match(unknown.err, /Unknown stage "clip" in the config .*Did you mean "clips"\?/);

    const failed = await zoetrope(["run", "bad.yaml", "--keep-failed"], folder);
    assert.equal(failed.code, 1);
    const kept = /kept in (runs\/.*\/failed\/clips)/.exec(failed.out)?.[1] ?? "";
    assert.equal(
      JSON.parse(await Deno.readTextFile(`${folder}/${kept}/job.json`)).uses,
      "dataset/moving_mnist",
    );
    const shown = await zoetrope(["logs", "runs/latest", "clips"], folder);
    assert.match(
      shown.out,
      /^--- clips: failed, key .*---\n[^]*at .*npy\.ts[^]*Failed: Cannot read/,
    );
    const none = await zoetrope(["logs", "bad.yaml", "clips"], folder);
    assert.match(none.err, /Stage "clips" has no result .*; "logs <run> clips" shows/);
  }));

Deno.test("a reader that goes away ends a listing quietly, and does not end a run", () =>
  withFolder(async (folder) => {
    await write(folder, { "small.yaml": config });
    const main = [Deno.execPath(), "run", ...FLAGS, `${repository}/main.ts`].join(" ");
    const pipe = async (args: string) => {
      const script = `${main} ${args} | head -1; echo "\${PIPESTATUS[0]}"`;
      const bash = new Deno.Command("bash", { args: ["-c", script], cwd: folder });
      const { stdout, stderr } = await bash.output();
      const lines = new TextDecoder().decode(stdout).trim().split("\n");
      return { lines, err: new TextDecoder().decode(stderr) };
    };
    for (const args of ["stages", "schema --help", "plan small.yaml --json"]) {
      const { lines, err } = await pipe(args);
      assert.deepEqual([lines.length, lines[1], err], [2, "0", ""], args);
    }
    const { lines, err } = await pipe("run small.yaml");
    assert.deepEqual([lines.length, lines[1], err], [2, "0", ""]);
    assert.equal(recordOf(folder).status, "succeeded");
  }));
