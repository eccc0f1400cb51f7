import { deepEqual, equal, throws } from "node:assert/strict";
import type { Fit } from "../../../stages/dataset/fit_raster.ts";
import { stanfordCarsPictures } from "../../../stages/dataset/stanford_cars_pictures.ts";
import jpegs from "../../fixtures/pillow_jpeg.json" with { type: "json" };
import { fromBase64 } from "../../support/from_base64.ts";
import { memoryFolder } from "../../support/memory_folder.ts";

const fit: Fit = {
  size: 4,
  channels: 3,
  mode: "stretch",
  filter: "bilinear",
  background: [0, 0, 0],
};
const car = fromBase64(jpegs.colour420.file);
const folder = (prefix: string) =>
  memoryFolder({
    ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`${prefix}cars_train/0000${n}.jpg`, car])),
    ...Object.fromEntries([1, 2].map((n) => [`${prefix}cars_test/0000${n}.jpg`, car])),
    [`${prefix}devkit/cars_meta.mat`]: new Uint8Array(3),
    [`${prefix}notcars_train/1.jpg`]: car,
  });
const choice = { fit, shares: { validation: 0.2, test: 0.3 }, seed: 1n, merge: false };

Deno.test("stanfordCarsPictures() keeps train and test apart, at the top or below stanford_cars/", async () => {
  for (const prefix of ["", "stanford_cars/"]) {
    const { items, splits, classes, source } = stanfordCarsPictures(folder(prefix), choice);
    equal(items.length, 7);
    equal(classes, undefined);
    equal(source, "Stanford Cars");
    deepEqual(splits.test.map((i) => items[i]!.name), [
      `${prefix}cars_test/00001.jpg`,
      `${prefix}cars_test/00002.jpg`,
    ]);
    deepEqual([splits.train.length, splits.validation.length], [4, 1]);
    equal((await items[0]!.read()).length, 48);
  }
});

Deno.test("stanfordCarsPictures() merges only when asked, and says so", () => {
  const { splits, source } = stanfordCarsPictures(folder(""), {
    ...choice,
    shares: { validation: 0, test: 0 },
    merge: true,
  });
  deepEqual([splits.train.length, splits.validation.length, splits.test.length], [7, 0, 0]);
  equal(source, "Stanford Cars, train and test merged");
});

Deno.test("stanfordCarsPictures() says what to place where, and that the addresses are dead", () => {
  throws(
    () => stanfordCarsPictures(memoryFolder({ "x.jpg": car }), choice),
    /cars_train\/00001.jpg .*\(8144 pictures\).*dead.*found no training picture among 1 files/,
  );
});
