import assert from "node:assert/strict";
import { tensorboardWriter } from "../../../cli/tensorboard/write_tensorboard.ts";
import type { Event } from "../../../pipelines/event.ts";
import type { RunRecord } from "../../../pipelines/run_record.ts";
import { type ReadEvent, readEventFile } from "../../support/read_event_file.ts";
import { withFolder } from "../../support/tiny_run.ts";

const key = "0".repeat(64);

function started(stage: string): Event {
  return { kind: "stage-started", stage, key, reason: "first run" };
}

function progress(step: number, of: number, values?: Record<string, number>): Event {
  const told = { step, of, ...(values === undefined ? {} : { values }) };
  return { kind: "stage-progress", stage: "train", progress: told };
}

function preview(step: number, name: string): Event {
  const picture = { type: "image/png" as const, width: 2, height: 1, caption: "Samples" };
  const file = `previews/train/${name}`;
  return { kind: "stage-preview", stage: "train", step, name, ...picture, file };
}

function readStage(folder: string, stage: string): ReadEvent[] {
  const inside = `${folder}/tensorboard/${stage}`;
  const [file, ...more] = [...Deno.readDirSync(inside)].map(({ name }) => name);
  assert.match(file ?? "", /^events\.out\.tfevents\.\d{10}\.zoetrope$/);
  assert.deepEqual(more, []);
  return readEventFile(Deno.readFileSync(`${inside}/${file}`));
}

/** Steps and values, as a reader keeps them that honours restarts: tensorboard's _Purge. */
function kept(events: readonly ReadEvent[], tag: string): (readonly [number, unknown])[] {
  let found: (readonly [number, unknown])[] = [];
  for (const { step, isStart, values } of events) {
    if (isStart) found = found.filter(([at]) => at < step);
    if (tag in values) found.push([step, values[tag]]);
  }
  return found;
}

async function written(
  events: readonly Event[],
  use: (folder: string) => void | Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/previews/train`, { recursive: true });
    const writer = tensorboardWriter({
      folder,
      describe: (stage) => ({ config: `# ${stage}` }),
      warn: (message) => assert.fail(message),
    });
    for (const event of events) {
      if (event.kind === "stage-preview") {
        Deno.writeFileSync(`${folder}/${event.file}`, Uint8Array.of(event.step));
      }
      writer.sink(event);
    }
    await use(folder);
  });
}

Deno.test("tensorboardWriter() writes the config, scalars and previews of a stage as they come", () =>
  withFolder(async (folder) => {
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    const describe = (stage: string) => ({ parameters: "steps", config: `# ${stage}` });
    const { sink } = tensorboardWriter({ folder, describe, warn });
    const before = Date.now() / 1000;
    sink({ kind: "stage-cached", stage: "clips", key });
    sink(started("train"));
    const [first, second] = readStage(folder, "train");
    assert.deepEqual([first?.version, first?.step], ["brain.Event:2", 0]);
    assert.deepEqual(second?.values, { parameters: "steps", config: "# train" });
    sink(progress(1, 10, { loss: 0.5, rate: NaN }));
    // Whoever reads while the stage runs sees it at once.
    const last = readStage(folder, "train").at(-1);
    assert.deepEqual([last?.step, last?.values], [1, { loss: 0.5, rate: NaN }]);
    assert.ok(last !== undefined && last.wallTime >= before && last.wallTime <= before + 60);
    sink(progress(2, 10));
    await Deno.mkdir(`${folder}/previews/train`, { recursive: true });
    for (const [step, name] of [[5, "step_0005.png"], [9, "step_0009.png"]] as const) {
      Deno.writeFileSync(`${folder}/previews/train/${name}`, Uint8Array.of(step, 7));
      sink(preview(step, name));
    }
    const pictures = kept(readStage(folder, "train"), "previews/step.png");
    assert.deepEqual(pictures, [[5, Uint8Array.of(5, 7)], [9, Uint8Array.of(9, 7)]]);
    assert.deepEqual([...Deno.readDirSync(`${folder}/tensorboard`)].map(({ name }) => name), [
      "train",
    ]);
    assert.deepEqual(warnings, []);
  }));

Deno.test("a stage that continues from a checkpoint takes back what came after it, and no more", () =>
  written([
    started("train"),
    ...[1, 2, 3, 4, 5].map((step) => progress(step, 9, { loss: step })),
    preview(5, "step_5.png"),
    {
      kind: "stage-retrying",
      stage: "train",
      cause: "lost",
      message: "killed",
      attempt: 2,
      of: 2,
      pauseSeconds: 0,
    },
    { kind: "stage-resumed", stage: "train", step: 3 },
    ...[4, 5, 6].map((step) => progress(step, 9, { loss: step * 10 })),
  ], (folder) => {
    const events = readStage(folder, "train");
    assert.deepEqual(kept(events, "loss"), [[1, 1], [2, 2], [3, 3], [4, 40], [5, 50], [6, 60]]);
    assert.deepEqual(kept(events, "previews/step.png"), []);
    assert.deepEqual(kept(events, "config"), [[0, "# train"]]);
  }));

Deno.test("a stage that is tried again from its beginning takes back everything but its config", () =>
  written([
    started("train"),
    ...[1, 2, 3].map((step) => progress(step, 9, { loss: step })),
    {
      kind: "stage-retrying",
      stage: "train",
      cause: "lost",
      message: "killed",
      attempt: 2,
      of: 2,
      pauseSeconds: 0,
    },
    ...[1, 2].map((step) => progress(step, 9, { loss: step * 10 })),
  ], (folder) => {
    const events = readStage(folder, "train");
    assert.deepEqual(kept(events, "loss"), [[1, 10], [2, 20]]);
    assert.deepEqual(kept(events, "config"), [[0, "# train"]]);
  }));

Deno.test("a stage that starts counting again by itself keeps what it said before", () =>
  written([
    started("train"),
    ...[1, 2].map((step) => progress(step, 2, { loss: step })),
    ...[1, 2].map((step) => progress(step, 2, { accuracy: step })),
    { kind: "stage-checking", stage: "train" },
    progress(1, 2, { loss: 7 }),
  ], (folder) => {
    const events = readStage(folder, "train");
    assert.deepEqual(kept(events, "loss"), [[1, 1], [2, 2]]);
    assert.deepEqual(kept(events, "accuracy"), [[1, 1], [2, 2]]);
  }));

Deno.test("a curve of very many steps is thinned to some 2000 points and ends with the last", () =>
  written([
    started("train"),
    ...Array.from({ length: 10_000 }, (_, i) => progress(i + 1, 10_000, { loss: i + 1 })),
  ], (folder) => {
    const points = kept(readStage(folder, "train"), "loss");
    // 1, 6, 11, ... 9996, and 10000.
    assert.equal(points.length, 2001);
    assert.deepEqual([points[0], points[1], points.at(-1)], [[1, 1], [6, 6], [10_000, 10_000]]);
  }));

Deno.test("finish() adds pictures and scores of stages that ran, at their last step", () =>
  withFolder(async (folder) => {
    const describe = () => ({});
    const warn = (message: string) => assert.fail(message);
    const writer = tensorboardWriter({ folder, describe, warn });
    for (const event of [started("train"), progress(7, 9, { loss: 1 })]) writer.sink(event);
    const stage = { stage: "train" };
    const picture = { type: "image/gif" as const, width: 2, height: 1, caption: "Rows" };
    const score = { metric: "fid", unit: "1", better: "lower" as const, count: 9, protocol: "p" };
    const record = {
      stages: [{ name: "train", state: "ran" }, { name: "clips", state: "cached" }],
      media: [
        { ...stage, ...picture, name: "rows.gif", blob: "b" },
        { stage: "clips", ...picture, name: "clips.gif", blob: "c" },
      ],
      scores: [{ ...stage, ...score, of: "samples", value: 12.5 }],
    } as unknown as RunRecord;
    const bytes = new TextEncoder().encode("GIF89a");
    await writer.finish(record, (digest) => {
      assert.equal(digest, "b");
      return Promise.resolve(bytes);
    });
    const events = readStage(folder, "train");
    assert.deepEqual(kept(events, "media/rows.gif"), [[7, bytes]]);
    assert.deepEqual(kept(events, "scores/fid/samples"), [[7, 12.5]]);
    assert.deepEqual([...Deno.readDirSync(`${folder}/tensorboard`)].length, 1);
  }));

Deno.test("files that cannot be written are warned of once and stop nothing", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/tensorboard`, "in the way");
    const warnings: string[] = [];
    const warn = (message: string) => void warnings.push(message);
    const { sink } = tensorboardWriter({ folder, describe: () => ({}), warn });
    for (const event of [started("train"), started("test"), progress(1, 2, { a: 1 })]) sink(event);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^Cannot write files for TensorBoard: /);
  }));
