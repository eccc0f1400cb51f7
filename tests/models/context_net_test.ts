import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  contextNet,
  type ContextNetConfig,
  contextNetParameters,
  contextStart,
} from "../../models/context_net.ts";
import { setUp } from "./set_up.ts";

const config: ContextNetConfig = { channels: 2, patch: 2, widths: [8, 16], blocks: true };

Deno.test("contextNet() gives a map per level, each half the size of the one before", async () => {
  const { parameters, normal } = await setUp(contextNetParameters(config));
  const start = contextStart(config, { batch: 3, height: 8, width: 12 });
  const state = contextNet(parameters, config, normal([3, 8, 12, 2], 1), start);
  assert.deepEqual(state.level0?.shape, [3, 4, 6, 8]);
  assert.deepEqual(state.level1?.shape, [3, 2, 3, 16]);
});

Deno.test("contextNet() remembers: the same frame twice gives another context", async () => {
  const { parameters, normal } = await setUp(contextNetParameters(config));
  const frame = normal([1, 8, 8, 2], 1);
  const once = contextNet(
    parameters,
    config,
    frame,
    contextStart(config, { batch: 1, height: 8, width: 8 }),
  );
  const twice = contextNet(parameters, config, frame, once);
  for (const [name, map] of Object.entries(twice)) {
    const difference = tf.max(tf.abs(tf.sub(map, once[name]!))).dataSync()[0] ?? 0;
    assert.ok(difference > 1e-3, `${name} differs by ${difference}`);
  }
});

Deno.test("contextStart() refuses frames that the levels do not divide", () => {
  assert.throws(
    () => contextStart(config, { batch: 1, height: 8, width: 10 }),
    /4 must divide both/,
  );
});
