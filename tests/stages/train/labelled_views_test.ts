import assert from "node:assert/strict";
import { viewBatches } from "../../../stages/train/labelled_views.ts";
import { spoilings } from "../../../stages/train/spoil_image.ts";
import { shapeImages } from "../../support/shape_images.ts";

const images = shapeImages(10, 1n);
const plain = { flip: 0, shift: 0, noise: 0, seed: 417n };
const SIZE = 16 * 16 * 3;

Deno.test("viewBatches() gives two copies of each image of an epoch, with its class", () => {
  const batches = viewBatches(images, 3, plain);
  const seen = new Set<number>();
  for (const step of [0, 1]) {
    const { views, classes } = batches(step, 5);
    assert.deepEqual(views.shape, [10, 16, 16, 3]);
    for (let i = 0; i < 5; i++) {
      const [first, second] = [i, i + 5].map((row) =>
        views.data.slice(row * SIZE, (row + 1) * SIZE)
      );
      assert.deepEqual(first, second);
      const index = Array.from({ length: 10 }, (_, image) => image).find((image) =>
        first!.every((value, k) => value === Math.fround(images.pixels[image * SIZE + k]! / 255))
      );
      seen.add(index!);
      for (const row of [i, i + 5]) {
        const own = classes.data.slice(row * 3, row * 3 + 3);
        assert.deepEqual(
          [...own],
          [0, 1, 2].map((label) => Number(label === images.labels![index!])),
        );
      }
    }
  }
  assert.equal(seen.size, 10);
});

Deno.test("viewBatches() varies copies apart, purely in the step", () => {
  const options = { flip: 0.5, shift: 3, noise: 0.1, seed: 417n };
  const batches = viewBatches(images, 3, options);
  const { views } = batches(4, 5);
  assert.notDeepEqual(views.data.slice(0, SIZE), views.data.slice(5 * SIZE, 6 * SIZE));
  assert.ok(views.data.every((value) => value >= 0 && value <= 1));
  assert.deepEqual(viewBatches(images, 3, options)(4, 5), batches(4, 5));
});

Deno.test("viewBatches() mirrors and shifts by whole pixels, repeating the border", () => {
  const row = { ...images, pixels: Uint8Array.of(0, 51, 255), shape: [1, 1, 3, 1] as const };
  const seen = new Set<string>();
  const batches = viewBatches({ ...row, labels: Int32Array.of(0) }, 1, {
    ...plain,
    flip: 0.5,
    shift: 1,
  });
  for (let step = 0; step < 60; step++) {
    const { views } = batches(step, 1);
    seen.add([...views.data.slice(0, 3)].map((value) => Math.round(255 * value)).join());
  }
  // The image, left and right of it, and their mirrors.
  const expected = ["0,51,255", "51,255,255", "0,0,51", "255,51,0", "255,255,51", "51,0,0"];
  assert.deepEqual([...seen].toSorted(), expected.toSorted());
});

Deno.test("viewBatches() spoils the first copies and says how", () => {
  const kinds = new Set<number>();
  for (let step = 0; step < 8; step++) {
    const { views, spoilt, spoilings: shares } = viewBatches(images, 3, plain)(step, 5);
    for (let i = 0; i < 5; i++) {
      const own = [...shares.data.slice(i * spoilings.length, (i + 1) * spoilings.length)];
      const kind = own.indexOf(1);
      kinds.add(kind);
      assert.equal(own.reduce((sum, share) => sum + share, 0), 1);
      const part = [i * SIZE, (i + 1) * SIZE] as const;
      const isSame = spoilt.data.slice(...part).every((value, k) =>
        value === views.data[part[0] + k]
      );
      assert.equal(isSame, spoilings[kind] === "none", spoilings[kind]);
    }
  }
  assert.equal(kinds.size, spoilings.length);
});
