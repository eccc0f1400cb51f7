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
