import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { instanceNoise, instanceNoiseUniforms } from "../../../models/layers/instance_noise.ts";
import { Stream, uniforms } from "../../../numerics/random.ts";
import { setUp } from "../set_up.ts";

const shape = [40, 12, 10, 3];

function noiseOf(sigma: number, lane = 0): Float32Array {
  const wanted = instanceNoiseUniforms(shape);
  const draw = (name: "rows" | "columns", step: number) => {
    const size = wanted[name].reduce((product, n) => product * n, 1);
    return tf.tensor(uniforms({ seed: 9n, stream: Stream.dropout, step, lane }, size), [
      ...wanted[name],
    ]);
  };
  const given = { sigma, rows: draw("rows", 0), columns: draw("columns", 1) };
  return instanceNoise(tf.zeros(shape), given).dataSync<"float32">();
}

Deno.test("instanceNoise() adds normal noise of its size", async () => {
  await setUp({});
  const noise = noiseOf(0.5);
  const count = noise.length;
  const moment = (power: number) => noise.reduce((sum, x) => sum + (x / 0.5) ** power, 0) / count;
  // 14,400 numbers, of which those of an image share their rows: standard errors are below 0.02, 0.03 and 0.2.
  assert.ok(Math.abs(moment(1)) < 0.06, `mean ${moment(1)}`);
  assert.ok(Math.abs(moment(2) - 1) < 0.09, `variance ${moment(2)}`);
  assert.ok(Math.abs(moment(4) - 3) < 0.6, `fourth moment ${moment(4)}`);
});

Deno.test("instanceNoise() differs from image to image and from draw to draw", async () => {
  await setUp({});
  const noise = noiseOf(1);
  const size = noise.length / shape[0]!;
  const correlate = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, x, i) => sum + x * b[i]!, 0) / a.length;
  const [first, second] = [noise.subarray(0, size), noise.subarray(size, 2 * size)];
  // Standard error 1/√360 = 0.053.
  assert.ok(Math.abs(correlate(first, second)) < 0.2);
  assert.ok(Math.abs(correlate(noise, noiseOf(1, 1))) < 0.05);
  assert.deepEqual(noiseOf(1), noise);
});
