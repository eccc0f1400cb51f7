import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { ema, emaDecay, type EmaSettings } from "../../training/ema.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

await createEngine({ backend: "cpu", threads: 1 });

Deno.test("emaDecay() with warm-up gives the decays of diffusers' EMAModel", () => {
  const cases: [Record<string, number>, EmaSettings][] = [
    [vectors.ema.diffusers_decay_no_warmup, { decay: 0.9999, warmup: true }],
    [vectors.ema["diffusers_decay_warmup_p2/3"], { decay: 0.9999, warmup: { power: 2 / 3 } }],
    [vectors.ema["diffusers_decay_warmup_p3/4"], { decay: 0.9999, warmup: { power: 3 / 4 } }],
  ];
  for (const [decays, settings] of cases) {
    for (const [k, decay] of Object.entries(decays)) {
      // 1e-12 relative: `**` may round differently from the C library's pow.
      assert.ok(Math.abs(emaDecay(Number(k), settings) - decay) <= 1e-12, `step ${k}`);
    }
  }
});

Deno.test("emaDecay() without warm-up is constant", () => {
  assert.deepEqual([1, 2, 1000].map((k) => emaDecay(k, { decay: 0.999, warmup: false })), [
    0.999,
    0.999,
    0.999,
  ]);
});

Deno.test("ema() follows the traces with and without warm-up", () => {
  const params = vectors.ema["constant_0.999_trace"].params;
  const traces: [EmaSettings, number[]][] = [
    [{ decay: 0.9999, warmup: true }, vectors.ema.diffusers_trace.steps.map((row) => row.shadow)],
    [{ decay: 0.999, warmup: false }, vectors.ema["constant_0.999_trace"].shadow],
  ];
  for (const [settings, shadows] of traces) {
    let average: tf.Tensor = tf.scalar(1);
    params.forEach((param, index) => {
      const rest = tf.scalar(1 - emaDecay(index + 1, settings));
      average = ema(average, tf.scalar(param), rest);
      // Float32 of values up to 3: 2e-7 per step.
      assert.ok(Math.abs(average.dataSync()[0]! - shadows[index]!) < 1e-6, `step ${index + 1}`);
    });
  }
});
