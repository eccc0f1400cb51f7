import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { imageGrid } from "../../artifacts/image_grid.ts";

Deno.test("imageGrid() lays images out row by row, enlarged, with a margin of 8 and gaps of 2", () => {
  const images = Float32Array.from([0, 0.2, 0.4, 0.6, 1]);
  const item = imageGrid({ name: "g", caption: "c", images, shape: [5, 1, 1, 1] }, {
    columns: 3,
    scale: 4,
  });
  const decoded = PNG.sync.read(Buffer.from(item.bytes));
  assert.deepEqual([item.name, decoded.width, decoded.height], ["g.png", 32, 26]);
  const gray = (x: number, y: number) => decoded.data[(y * decoded.width + x) * 4];
  assert.deepEqual([gray(8, 8), gray(14, 8), gray(20, 11), gray(8, 14), gray(17, 17)], [
    0,
    51,
    102,
    153,
    255,
  ]);
});

Deno.test("imageGrid() refuses values that do not fill the shape", () => {
  const grid = {
    name: "g",
    caption: "",
    images: new Float32Array(3),
    shape: [2, 1, 1, 1] as const,
  };
  assert.throws(() => imageGrid(grid, { columns: 1, scale: 1 }), /Cannot draw image grid "g"/);
});

Deno.test("imageGrid() makes room above the columns for their labels, broken into two lines at most", () => {
  const grid = {
    name: "g",
    caption: "",
    images: new Float32Array(2 * 40 * 40),
    shape: [2, 40, 40, 1] as const,
  };
  const options = { columns: 2, scale: 1 };
  const bare = imageGrid(grid, options);
  const labelled = imageGrid({ ...grid, columnLabels: ["t 999", "Food & Drink"] }, options);
  assert.deepEqual([labelled.width, labelled.height], [bare.width, bare.height + 20]);
  const { data, width } = PNG.sync.read(Buffer.from(labelled.bytes));
  const isInk = (x: number, y: number) => data[(y * width + x) * 4] === 0xe8;
  const inkIn = (left: number, right: number, top: number, bottom: number) => {
    let count = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) count += +isInk(x, y);
    return count;
  };
  assert.ok(inkIn(8, 48, 8, 18) > 20, "the first label");
  assert.equal(inkIn(8, 48, 18, 28), 0, "it has one line");
  assert.ok(inkIn(50, 90, 18, 28) > 20, "the second label's second line");
});
