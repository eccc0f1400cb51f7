import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { encodePng } from "../../../artifacts/encode_png.ts";
import { png } from "../../../artifacts/png_library.ts";
import { videoStrips } from "../../../stages/dataset/video_strips.ts";
import jpegs from "../../fixtures/pillow_jpeg.json" with { type: "json" };
import { fromBase64 } from "../../support/from_base64.ts";
import { memoryFolder } from "../../support/memory_folder.ts";
import { stageContext } from "../../support/stage_context.ts";

const EDGE = 4;
const all = { validation: 0, test: 0 };

/** A strip whose frame t is of the levels (`red`, 10 t, 0); transparent where `alpha` is below 255. */
function strip(red: number, frames: number, alpha = 255): Uint8Array {
  const data = new Uint8Array(frames * EDGE * EDGE * 4);
  for (let i = 0; i < data.length / 4; i++) {
    const frame = Math.floor(i % (frames * EDGE) / EDGE);
    data.set([red, 10 * frame, 0, alpha], i * 4);
  }
  const picture = { width: frames * EDGE, height: EDGE, data: Buffer.from(data) };
  return new Uint8Array(png.sync.write(picture, {
    colorType: 6,
    inputColorType: 6,
    inputHasAlpha: true,
    deflateLevel: 9,
    deflateStrategy: 0,
    filterType: 0,
  }));
}

const still = (red: number, green: number, width = EDGE) =>
  encodePng({
    width,
    height: EDGE,
    channels: 3,
    pixels: Uint8Array.from({ length: width * EDGE * 3 }, (_, i) => [red, green, 0][i % 3]!),
  });

async function run(
  own: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, Uint8Array>>,
) {
  const { context, warnings } = stageContext({ backend: "cpu", threads: 1 });
  const openFolder = () => Promise.resolve(memoryFolder(files));
  const params = videoStrips.params.parse({ folder: "x", size: EDGE, frames: 3, ...own });
  return { ...await videoStrips.run({ ...context, openFolder, params, inputs: {} }), warnings };
}

type Result = Awaited<ReturnType<typeof run>>;

/** Red and frame number of each frame of each clip, from its first pixel. */
function read({ frames, shape: [count, time, height, width, channels] }: Result["train"]) {
  const area = height * width * channels;
  return Array.from({ length: count }, (_, clip) =>
    Array.from({ length: time }, (_, frame) => {
      const at = (clip * time + frame) * area;
      return [frames[at], frames[at + 1]! / 10];
    }));
}

Deno.test("videoStrips keeps labels that are not contiguous by name, and drops alpha", async () => {
  const files = { "0/a.png": strip(1, 3), "4/b.png": strip(2, 3, 7), "3/c.jpg": strip(3, 3, 0) };
  const { train, warnings } = await run(all, files);
  deepEqual(train.shape, [3, 3, EDGE, EDGE, 3]);
  deepEqual([[...train.labels!], train.classes], [[0, 1, 2], ["0", "3", "4"]]);
  deepEqual(read(train).map(([first]) => first![0]), [1, 3, 2]);
  deepEqual(read(train)[2], [[2, 0], [2, 1], [2, 2]]);
  equal(train.source, "Folder of videos, train clips");
  deepEqual(warnings, [
    '"Folder of videos" has no validation clips',
    '"Folder of videos" has no test clips',
  ]);
  const unlabelled = (await run({ ...all, labels: false }, files)).train;
  deepEqual([unlabelled.labels, unlabelled.classes], [undefined, undefined]);
});

Deno.test("videoStrips takes windows of every n-th frame, from the first or anywhere", async () => {
  const files = { "a.png": strip(1, 20), "b.png": strip(2, 20), "c.png": strip(3, 5) };
  const first = (await run({ ...all, everyNth: 2, windows: "first" }, files)).train;
  deepEqual(read(first).map((clip) => clip.map(([, frame]) => frame)), Array(3).fill([0, 2, 4]));
  const many = { ...all, everyNth: 2, windowsPerClip: 6 };
  const { train } = await run(many, files);
  const clips = read(train);
  deepEqual(clips.map(([frame]) => frame![0]), [...Array(6).fill(1), ...Array(6).fill(2), 3]);
  for (const clip of clips) {
    const [red, start] = clip[0]!;
    deepEqual(clip, [0, 2, 4].map((step) => [red, start! + step]));
    ok(start! <= 15);
  }
  const starts = (red: number) => clips.filter(([f]) => f![0] === red).map(([f]) => f![1]);
  equal(new Set(starts(1)).size, 6);
  deepEqual((await run(many, files)).train, train);
  const other = read((await run({ ...many, splitSeed: 2 }, files)).train);
  ok(JSON.stringify(other) !== JSON.stringify(clips));
});

Deno.test("videoStrips stops at a video that is too short by name, or skips it and says so", async () => {
  const files = { "a.png": strip(1, 3), "b.png": strip(2, 2), "c.png": strip(3, 9) };
  await rejects(
    run(all, files),
    /"b.png": it must have at least 3 frames, but has 2; "short: skip" leaves such clips out/,
  );
  const { train, warnings } = await run({ ...all, short: "skip", minimumFrames: 4 }, files);
  deepEqual(read(train).map(([frame]) => frame![0]), [3]);
  equal(
    warnings[0],
    'Skipped 2 of 3 clips: "a.png": 3 frames of 4; "b.png": 2 frames of 4 (too short)',
  );
  await rejects(
    run({ ...all, short: "skip", frames: 50 }, files),
    /none of its 3 clips can be used/,
  );
});

Deno.test("videoStrips stops at a broken video by name, or skips it whole; short is not broken", async () => {
  const text = new TextEncoder().encode("hello");
  const odd = encodePng({ width: 7, height: 4, channels: 1, pixels: new Uint8Array(28) });
  const files = { "a.png": strip(1, 3), "b.png": text, "c.png": odd };
  await rejects(run(all, { "b.png": text }), /Cannot use "b.png":.*must be PNG or JPEG/);
  await rejects(run(all, { "c.png": odd }), /Cannot use "c.png":.*multiple.*7x4/);
  const { train, warnings } = await run({ ...all, broken: "skip" }, files);
  equal(train.shape[0], 1);
  match(warnings[0]!, /^Skipped 2 of 3 clips: "b.png".*; "c.png"/);
  await rejects(
    run({ ...all, broken: "skip" }, { ...files, "d.png": strip(1, 2) }),
    /"d.png": it must have at least 3 frames/,
  );
});

Deno.test("videoStrips reads folders of frames in the order of their numbers", async () => {
  const numbers = Array.from({ length: 12 }, (_, i) => i);
  const clip = (name: string, red: number) =>
    Object.fromEntries(numbers.map((i) => [`${name}/${i}.png`, still(red, 10 * i)]));
  const files = { ...clip("run/10", 1), ...clip("run/9", 2), ...clip("walk/x", 3) };
  const { train } = await run({ ...all, layout: "frames", frames: 12 }, files);
  deepEqual(read(train), [2, 1, 3].map((red) => numbers.map((i) => [red, i])));
  deepEqual([[...train.labels!], train.classes], [[0, 0, 1], ["run", "walk"]]);
  const gap = { "a/0.png": still(1, 0), "a/2.png": still(1, 0) };
  await rejects(run({ ...all, layout: "frames" }, gap), /frames in "a": frame 1 is missing/);
  const one = { ...clip("a", 1), "a/5.png": new Uint8Array(3) };
  await rejects(run({ ...all, layout: "frames", frames: 12 }, one), /Cannot use "a": "a\/5.png":/);
});

Deno.test("videoStrips crops and resizes frames that are not square", async () => {
  const pixels = Uint8Array.from({ length: 8 * 4 }, (_, i) => 10 * (i % 8));
  const wide = encodePng({ width: 8, height: 4, channels: 1, pixels });
  const own = { ...all, layout: "frames", frames: 1, channels: 1 };
  const files = { "a/0.png": wide };
  const row = async (
    more: object,
  ) => [...(await run({ ...own, ...more }, files)).train.frames.subarray(0, EDGE)];
  deepEqual(await row({}), [20, 30, 40, 50]);
  deepEqual(await row({ crop: { left: 3, top: 0, width: 4, height: 4 } }), [30, 40, 50, 60]);
  await rejects(
    row({ crop: { left: 5, top: 0, width: 4, height: 4 } }),
    /Cannot use "a": it must hold a box of 4x4 pixels at \(5, 0\), but it is 8x4/,
  );
});

Deno.test("videoStrips reads JPEG whatever a file's name", async () => {
  const { file, rgb } = jpegs.colour420;
  const box = { left: 3, top: 2, width: EDGE, height: EDGE };
  const own = { ...all, layout: "frames", frames: 1, crop: box };
  const { train } = await run(own, { "a/0.png": fromBase64(file) });
  const row = fromBase64(rgb).subarray((2 * 14 + 3) * 3, (2 * 14 + 3 + EDGE) * 3);
  // Decoders differ by rounding.
  row.forEach((level, i) => ok(Math.abs(train.frames[i]! - level) <= 3));
});

Deno.test("videoStrips puts no video, and no copy of one, into two splits", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 24 }, (_, i) => [`${i}.png`, strip(1 + i % 12, 9)]),
  );
  const { train, validation, test } = await run({
    validation: 0.25,
    test: 0.25,
    windowsPerClip: 3,
  }, files);
  const reds = [train, validation, test].map((clips) =>
    new Set(read(clips).map(([frame]) => frame![0]))
  );
  deepEqual([train.shape[0], validation.shape[0], test.shape[0]], [36, 18, 18]);
  equal(reds[0]!.size + reds[1]!.size + reds[2]!.size, 12);
  equal(new Set(reds.flatMap((set) => [...set])).size, 12);
});

Deno.test("videoStrips splits as the folders say, and warns of copies", async () => {
  const files = {
    "test/run/1.png": strip(1, 3),
    "train/run/2.png": strip(2, 3),
    "train/walk/3.png": strip(3, 3),
    "validate/walk/4.png": strip(2, 3),
  };
  const result = await run({ split: "folders" }, files);
  deepEqual([...result.train.labels!, ...result.validation.labels!], [0, 1, 1]);
  deepEqual(read(result.test)[0]![0], [1, 0]);
  deepEqual(result.warnings, ["1 clips of validation or test are training clips too"]);
  await rejects(
    run({ split: "folders" }, { "a/1.png": strip(1, 3) }),
    /Cannot split clips by folders/,
  );
});

Deno.test("videoStrips takes a seeded choice when there is a limit", async () => {
  const files = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.png`, strip(i, 3)]));
  const { train } = await run({ ...all, limit: 4 }, files);
  const reds = read(train).map(([frame]) => frame![0]!);
  equal(reds.length, 4);
  deepEqual([...reds].sort(), reds);
});

Deno.test("videoStrips refuses parameters that do not go together", () => {
  const paths = (own: object) =>
    videoStrips.params.safeParse({ folder: "x", ...own }).error?.issues.map(({ path }) => path[0]);
  equal(paths({}), undefined);
  deepEqual(paths({ contextFrames: 16 }), ["contextFrames"]);
  deepEqual(paths({ windows: "first", windowsPerClip: 2 }), ["windowsPerClip"]);
  deepEqual(paths({ validation: 0.5, test: 0.5 }), ["test"]);
  deepEqual(videoStrips.params.safeParse({}).error?.issues[0]?.path, ["folder"]);
});
