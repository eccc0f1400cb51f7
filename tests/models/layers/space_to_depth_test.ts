import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { depthToSpace } from "../../../models/layers/depth_to_space.ts";
import { spaceToDepth } from "../../../models/layers/space_to_depth.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("spaceToDepth() gathers each patch row by row", async () => {
  await setUp({});
  const image = tf.reshape(tf.range(0, 16), [1, 4, 4, 1]);
  const patches = spaceToDepth(image, 2);
  assert.deepEqual(patches.shape, [1, 2, 2, 4]);
  assertNear(patches, [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15], 0);
});

Deno.test("depthToSpace() undoes spaceToDepth(), also with channels and oblong images", async () => {
  const { normal } = await setUp({});
  const image = normal([2, 6, 9, 2], 1);
  const patches = spaceToDepth(image, 3);
  assert.deepEqual(patches.shape, [2, 2, 3, 18]);
  assertNear(depthToSpace(patches, 3), image, 0);
  assert.equal(spaceToDepth(image, 1), image);
});

Deno.test("spaceToDepth() and depthToSpace() refuse sizes that do not divide", async () => {
  const { normal } = await setUp({});
  assert.throws(() => spaceToDepth(normal([1, 6, 8, 1], 1), 4), /6x8 .* 4 must divide both sides/);
  assert.throws(() => depthToSpace(normal([1, 2, 2, 6], 1), 2), /6 channels .* 2² must divide/);
});
