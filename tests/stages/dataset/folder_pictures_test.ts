import { deepEqual, equal, rejects } from "node:assert/strict";
import fc from "fast-check";
import { encodePng } from "../../../artifacts/encode_png.ts";
import type { Fit } from "../../../stages/dataset/fit_raster.ts";
import { type FolderChoice, folderPictures } from "../../../stages/dataset/folder_pictures.ts";
import jpegs from "../../fixtures/pillow_jpeg.json" with { type: "json" };
import { fromBase64 } from "../../support/from_base64.ts";
import { memoryFolder } from "../../support/memory_folder.ts";

const fit: Fit = { size: 2, channels: 1, mode: "crop", filter: "bilinear", background: [0, 0, 0] };

/** A picture of one level of grey. */
function grey(level: number): Uint8Array {
  return encodePng({ width: 3, height: 3, channels: 1, pixels: new Uint8Array(9).fill(level) });
}

async function read(paths: Readonly<Record<string, Uint8Array>>, own: Partial<FolderChoice> = {}) {
  const warnings: string[] = [];
  const set = await folderPictures(memoryFolder(paths), {
    fit,
    name: "mine",
    split: "share",
    shares: { validation: 0.25, test: 0.25 },
    seed: 1n,
    signal: new AbortController().signal,
    warn: (message) => warnings.push(message),
    ...own,
  });
  return { set, warnings };
}

const many = (paths: readonly string[]) =>
  Object.fromEntries(paths.map((path, i) => [path, grey(i)]));

Deno.test("folderPictures() takes sub-folders for classes, in the order of paths", async () => {
  const { set } = await read(many(["cat/b.png", "cat/a.png", "dog/x/1.PNG", "ape/z.png"]));
  deepEqual(set.classes, ["ape", "cat", "dog"]);
  deepEqual(set.items.map(({ name }) => name), [
    "ape/z.png",
    "cat/a.png",
    "cat/b.png",
    "dog/x/1.PNG",
  ]);
  deepEqual(set.items.map(({ label }) => label), [0, 1, 1, 2]);
  deepEqual([...await set.items[1]!.read()], [1, 1, 1, 1]);
});

Deno.test("folderPictures() without sub-folders has no classes; with some pictures in none it stops", async () => {
  const { set } = await read(many(["a.png", "b.png"]));
  equal(set.classes, undefined);
  await rejects(
    read(many(["a.png", "cat/b.png"])),
    /all must lie in a sub-folder or none.*"a.png"/,
  );
});

Deno.test("folderPictures() reads JPEG by its bytes, whatever its name, and names other files", async () => {
  const bytes = fromBase64(jpegs.grey.file);
  const text = new TextEncoder().encode("hello");
  const { set, warnings } = await read({ "a.png": bytes, "b.jpeg": bytes, "readme.txt": text });
  equal((await set.items[0]!.read()).length, 4);
  deepEqual(warnings, ["Left out 1 files that do not end in .png, .jpg or .jpeg"]);
  await rejects(read({ "x.txt": text }), /must hold files that end in .png, .jpg or .jpeg/);
  const broken = (await read({ "a.png": text })).set.items[0]!;
  await rejects(
    async () => await broken.read(),
    /must be PNG or JPEG, but it starts with "68 65 6c 6c"/,
  );
});

Deno.test("folderPictures() by shares keeps files with equal bytes in one split", async () => {
  const level = fc.nat(12);
  await fc.assert(
    fc.asyncProperty(
      fc.array(level, { minLength: 1, maxLength: 40 }),
      fc.nat(9),
      async (levels, seed) => {
        const files = Object.fromEntries(levels.map((value, i) => [`${100 + i}.png`, grey(value)]));
        const { set, warnings } = await read(files, { seed: BigInt(seed) });
        const splitOf = new Map<number, string>();
        for (const [name, indices] of Object.entries(set.splits)) {
          for (const index of indices) {
            equal(splitOf.get(levels[index]!) ?? name, name);
            splitOf.set(levels[index]!, name);
          }
        }
        deepEqual(warnings, []);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("folderPictures() splits as the folders say, with classes below them", async () => {
  const paths = ["test/cat/1.png", "train/cat/2.png", "train/dog/3.png", "val/dog/4.png"];
  const { set } = await read(many(paths), { split: "folders" });
  deepEqual(set.splits, { train: [1, 2], validation: [3], test: [0] });
  deepEqual(set.items.map(({ label }) => label), [0, 0, 1, 1]);
  await rejects(
    read(many(["train/1.png", "extra/2.png"]), { split: "folders" }),
    /each must lie in train\/, validation\/ or test\/, but "extra\/2.png" does not/,
  );
});

Deno.test("folderPictures() takes a missing validation folder from train, and warns of leaks", async () => {
  const paths = Array.from({ length: 8 }, (_, i) => `train/${i}.png`);
  const files = { ...many(paths), "test/x.png": grey(3) };
  const { set, warnings } = await read(files, { split: "folders" });
  deepEqual([set.splits.train.length, set.splits.validation.length], [6, 2]);
  deepEqual(set.splits.test, [0]);
  const isSeen = set.splits.train.some((index) => set.items[index]!.name === "train/3.png");
  const leak = ["1 pictures of validation or test are training pictures too"];
  deepEqual(warnings, isSeen ? leak : []);
  const sure = await read({ ...files, "validation/y.png": grey(20) }, { split: "folders" });
  deepEqual(sure.warnings, leak);
});
