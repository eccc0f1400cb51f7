import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../../engine/create_engine.ts";
import { askedBackend } from "../../support/asked_backend.ts";

Deno.test({
  name: `${askedBackend ?? "an asked backend"} adds and joins more tensors than a shader may bind`,
  ignore: askedBackend === undefined, // Needs what not every machine has.
  async fn() {
    const engine = await createEngine({ backend: askedBackend!, threads: 2, isCpuEnough: true });
    const count = 40;
    const program = engine.jit((x: tf.Tensor) => {
      const rows = Array.from({ length: count }, (_, i) => tf.mul(x, i));
      return { sum: tf.addN(rows), joined: tf.concat(rows, 0), stacked: tf.stack(rows) };
    });
    const { sum, joined, stacked } = await program(tf.tensor1d([1, 2]));
    assert.deepEqual([...await sum.data()], [780, 1560]);
    const expected = Array.from({ length: count }, (_, i) => [i, 2 * i]).flat();
    assert.deepEqual([...await joined.data()], expected);
    assert.deepEqual([...await stacked.data()], expected);
    tf.dispose([sum, joined, stacked]);
  },
});
