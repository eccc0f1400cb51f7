import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { encodePng } from "../../../artifacts/encode_png.ts";
import { images } from "../../../stages/dataset/images.ts";
import jpegs from "../../fixtures/pillow_jpeg.json" with { type: "json" };
import { command } from "../../support/fake_host.ts";
import { fromBase64 } from "../../support/from_base64.ts";
import { memoryFolder } from "../../support/memory_folder.ts";
import { stageContext } from "../../support/stage_context.ts";
import { tar } from "../../support/tar.ts";
import { withFolder } from "../../support/tiny_run.ts";
import { stages } from "../../../stages/mod.ts";

const photo = fromBase64(jpegs.orientation6.file);
const grey = (level: number) =>
  encodePng({ width: 4, height: 4, channels: 1, pixels: new Uint8Array(16).fill(level) });

async function run(
  params: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, Uint8Array>> = {},
  seed?: bigint,
) {
  const { context, warnings } = stageContext({ backend: "cpu", threads: 1 }, seed);
  const openFolder = () => Promise.resolve(memoryFolder(files));
  const all = { ...context, openFolder, params: images.params.parse(params), inputs: {} };
  return { ...await images.run(all), warnings };
}

Deno.test("images gives emoji in three splits of one size, whatever the run's seed", async () => {
  const { train, validation, test, warnings } = await run({ size: 8, limit: 20 }, {}, 1n);
  deepEqual([train.shape, train.split], [[20, 8, 8, 3], "train"]);
  deepEqual([validation.shape, validation.split], [[20, 8, 8, 3], "validation"]);
  deepEqual([test.shape, test.split], [[20, 8, 8, 3], "test"]);
  equal(train.classes?.length, 10);
  equal(train.labels?.length, 20);
  match(test.source, /Twemoji.*test/);
  deepEqual(await run({ size: 8, limit: 20 }, {}, 2n), { train, validation, test, warnings });
});

Deno.test("images reads a folder, grey and in colour, with and without classes", async () => {
  const files = { "a/1.png": grey(10), "b/2.png": grey(20), "b/3.png": grey(30) };
  const own = { source: "folder", folder: "x", size: 2, channels: 1, validation: 0, test: 0 };
  const { train, warnings } = await run({ ...own, name: "Greys" }, files);
  deepEqual([...train.pixels], [10, 20, 30].flatMap((level) => Array(4).fill(level)));
  deepEqual([[...train.labels!], train.classes], [[0, 1, 1], ["a", "b"]]);
  equal(train.source, "Greys, train images");
  deepEqual(warnings, ['"Greys" has no validation images', '"Greys" has no test images']);
  const color = (await run({ ...own, channels: 3, labels: false }, files)).train;
  deepEqual([color.shape, color.labels, color.classes], [[3, 2, 2, 3], undefined, undefined]);
});

Deno.test("images pads with the background's colour", async () => {
  const own = { source: "folder", folder: "x", validation: 0, test: 0, size: 4, resize: "pad" };
  const pixels = new Uint8Array(8 * 4 * 3);
  const wide = encodePng({ width: 8, height: 4, channels: 3, pixels });
  const { train } = await run({ ...own, background: "#10ff80" }, { "a.png": wide });
  deepEqual([...train.pixels.subarray(0, 3)], [0x10, 0xff, 0x80]);
  deepEqual([...train.pixels.subarray(12, 15)], [0, 0, 0]);
});

Deno.test("images stops at a broken picture by name, or skips it and says so", async () => {
  const files = {
    "good.png": grey(1),
    "bad.png": grey(2).subarray(0, 40),
    "worse.jpg": photo.subarray(0, 9),
  };
  const own = { source: "folder", folder: "x", validation: 0, test: 0, size: 2 };
  await rejects(run(own, files), /^Error: Cannot use "bad.png": Cannot decode PNG/);
  const { train, warnings } = await run({ ...own, broken: "skip" }, files);
  equal(train.shape[0], 1);
  match(
    warnings.at(-1) ?? "",
    /^Skipped 2 of 3 pictures: "bad.png": Cannot decode PNG: .*; "worse.jpg": Cannot decode JPEG: /,
  );
});

Deno.test("images checks an archive of CIFAR-10 that was given", async () => {
  const { context, warnings } = stageContext({ backend: "cpu", threads: 1 });
  const small = tar([{
    path: "cifar-10-batches-bin/data_batch_1.bin",
    bytes: new Uint8Array(3073),
  }]);
  const openFile = () => Promise.resolve(new Uint8Array(gzipSync(small)));
  const params = images.params.parse({ source: "cifar10", archive: "copy.tar.gz" });
  await rejects(
    images.run({ ...context, openFile, params, inputs: {} }),
    /"data_batch_1.bin" must have 30730000 bytes, but has 3073/,
  );
  match(
    warnings[0] ?? "",
    /^"copy.tar.gz" is not the published archive: its MD5 is .*, not c32a1d4a/,
  );
});

Deno.test("images refuses parameters that do not go together, with what to do", () => {
  const complaint = (params: Readonly<Record<string, unknown>>) =>
    images.params.safeParse(params).error?.issues[0]?.message ?? "";
  match(complaint({ source: "folder" }), /needs the parameter folder/);
  match(complaint({ folder: "x" }), /folder is for source folder or cifar10 or stanford_cars/);
  match(complaint({ source: "cifar10", folder: "x", archive: "y" }), /not both/);
  match(
    complaint({ source: "folder", folder: "x", archive: "y" }),
    /archive is for source cifar10/,
  );
  match(complaint({ merge: true }), /merge is for source stanford_cars/);
  match(complaint({ split: "folders" }), /split is for source folder/);
  match(complaint({ validation: 0.5, test: 0.5 }), /must be below 1 together/);
  match(complaint({ source: "stanford_cars" }), /cars_train\/00001.jpg.*addresses .* are dead/);
  equal(complaint({ source: "cifar10" }), "");
});

Deno.test("images decodes JPEG and PNG in a process with the least permissions", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/photos`);
    for (const i of [1, 2, 3, 4]) await Deno.writeFile(`${folder}/photos/${i}.jpg`, photo);
    await Deno.writeFile(`${folder}/photos/5.png`, grey(7));
    await Deno.writeTextFile(
      `${folder}/p.yaml`,
      "stages: { data: { uses: dataset/images, with: { source: folder, folder: photos, size: 8 } } }\n",
    );
    const first = await command(folder, ["run", "p.yaml"], { stages });
    equal(first.code, 0, first.out + first.err);
    const again = await command(folder, ["run", "p.yaml", "--json"], { stages });
    equal(again.code, 0, again.err);
    const record = JSON.parse(again.out) as { stages: { state: string }[] };
    deepEqual(record.stages.map(({ state }) => state), ["cached"]);
    const changed = await Deno.readFile(`${folder}/photos/1.jpg`);
    await Deno.writeFile(`${folder}/photos/1.jpg`, changed.with(changed.length - 3, 0));
    const plan = await command(folder, ["why", "p.yaml", "data"], { stages });
    match(plan.out, /content of with.folder [0-9a-f]{6} -> [0-9a-f]{6}/);
    ok(plan.code === 0);
  }));
