import { deepEqual } from "node:assert/strict";
import { resampleGrid } from "../../numerics/resample_grid.ts";
import { type ResampleFilter, resampleWeights } from "../../numerics/resample_weights.ts";
import vectors from "../fixtures/pillow_resize.json" with { type: "json" };
import { assertNear } from "../support/assert_near.ts";
import { testPicture } from "../support/test_pictures.ts";

const picture = testPicture(9, 7);

/** The red channel of the picture, resampled. */
function resampled(
  filter: ResampleFilter,
  [width, height]: readonly [number, number],
  box: readonly [left: number, top: number, right: number, bottom: number] = [0, 0, 9, 7],
) {
  const asked: number[] = [];
  const result: number[] = [];
  resampleGrid({
    columns: resampleWeights({ from: 9, to: width, filter, start: box[0], end: box[2] }),
    rows: resampleWeights({ from: 7, to: height, filter, start: box[1], end: box[3] }),
    width: 9,
    channels: 1,
    readLine(row, into) {
      asked.push(row);
      for (let x = 0; x < 9; x++) into[x] = picture.data[(row * 9 + x) * 3]!;
    },
    writeLine: (_, line) => result.push(...line),
  });
  return { result, asked };
}

Deno.test("resampleGrid() gives Pillow's floats", () => {
  for (const filter of ["bilinear", "bicubic"] as const) {
    const cases = [
      [resampled(filter, [4, 3]).result, vectors.float[`${filter}_4x3`]],
      [resampled(filter, [13, 11]).result, vectors.float[`${filter}_13x11`]],
      [resampled(filter, [4, 4], [1, 0, 8, 7]).result, vectors.float[`${filter}_box`]],
    ] as const;
    for (const [found, expected] of cases) {
      // Pillow keeps float32 between its two passes: 255 * 2^-23, twice.
      assertNear(found, expected, 1e-4);
    }
  }
});

Deno.test("resampleGrid() reads each line once, in order, and none that it does not need", () => {
  deepEqual(resampled("bilinear", [4, 3]).asked, [0, 1, 2, 3, 4, 5, 6]);
  deepEqual(resampled("bilinear", [4, 9], [0, 2, 9, 5]).asked, [1, 2, 3, 4, 5]);
});
