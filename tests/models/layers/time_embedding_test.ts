import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { linear } from "../../../models/layers/linear.ts";
import { silu } from "../../../models/layers/silu.ts";
import { sinusoidalEmbedding } from "../../../models/layers/sinusoidal_embedding.ts";
import { timeEmbedding, timeEmbeddingParameters } from "../../../models/layers/time_embedding.ts";
import { under } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("timeEmbedding() is two linear maps of the sinusoids with SiLU between", async () => {
  const { parameters } = await setUp(timeEmbeddingParameters({ width: 8, outputs: 6 }));
  const times = tf.tensor1d([0, 3, 700]);
  const embedded = timeEmbedding(parameters, times, { width: 8 });
  assert.deepEqual(embedded.shape, [3, 6]);
  const waves = sinusoidalEmbedding(times, { width: 8, spacing: "closed" });
  const hidden = silu(linear(under(parameters, "first"), waves));
  assertNear(embedded, linear(under(parameters, "second"), hidden), 0);
});
