import assert from "node:assert/strict";
import type { ParameterSpecs } from "../../models/parameters.ts";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type TrainingState,
} from "../../training/checkpoint.ts";

const specs: ParameterSpecs = { w: { shape: [2], init: { kind: "zeros" } } };
const buffers: ParameterSpecs = { b: { shape: [1], init: { kind: "zeros" } } };
const layout = { specs, buffers, slots: ["momentum"], isAveraged: true };

const array = (...values: number[]) => ({
  shape: [values.length],
  data: Float32Array.from(values),
});

const state: TrainingState = {
  step: 7,
  parameters: { w: array(1, 2) },
  buffers: { b: array(3) },
  slots: { momentum: { w: array(4, 5) } },
  ema: { w: array(6, 7) },
  history: [{ step: 7, values: { loss: 0.1, psnr: NaN, worst: -Infinity } }],
  window: { count: 2, sums: { loss: 0.3, gradientNorm: 1e-300 } },
  epochs: {
    plateau: { best: Infinity, badEpochs: 1, cooldown: 2 },
    scale: 0.5,
    lossSum: 1.25,
    latest: NaN,
  },
  best: {
    step: 3,
    value: -Infinity,
    parameters: { w: array(8, 9), b: array(10) },
    ema: { w: array(11, 12), b: array(13) },
  },
};

Deno.test("decodeCheckpoint() gives back what encodeCheckpoint() was given, also what JSON has not", () => {
  assert.deepEqual(decodeCheckpoint(encodeCheckpoint(state), layout), state);
});

Deno.test("decodeCheckpoint() needs no file for what a training does not have", () => {
  const { best: _, epochs: __, ...plain } = { ...state, buffers: {}, slots: {}, ema: {} };
  const encoded = encodeCheckpoint(plain);
  assert.deepEqual([...encoded.files.keys()], [
    "parameters.safetensors",
    "ema.safetensors",
    "history.json",
  ]);
  const small = { specs, buffers: {}, slots: [], isAveraged: false };
  assert.deepEqual(decodeCheckpoint(encoded, small), plain);
});

Deno.test("decodeCheckpoint() names the file that another optimiser did not write", () => {
  assert.throws(
    () => decodeCheckpoint(encodeCheckpoint(state), { ...layout, slots: ["mean", "square"] }),
    /Cannot resume from the checkpoint of step 7: it has no file "mean.safetensors"/,
  );
});
