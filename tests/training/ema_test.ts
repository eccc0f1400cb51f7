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

Deno.test("emaDecay() of a half-life gives the decays of EDM's training loop", () => {
  const { batch, halflife_nimg: images, beta } = vectors.ema.edm_halflife;
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) <= 1e-12, `${actual} != ${expected}`);
  near(emaDecay(7, { halfLife: { images, batch, rampUp: null } }), beta);
  const rising = { images, batch: 500, rampUp: 0.05 };
  // 100,000 images are seen before step 201 of 500; the vector has a batch of 512: 0.5^(512 / 5000).
  near(emaDecay(201, { halfLife: rising }), 0.5 ** (500 / 5000));
  near(
    emaDecay(201, { halfLife: rising }) ** (512 / 500),
    vectors.ema.edm_halflife["with_rampup_0.05_at_nimg_100000"],
  );
  // Nothing is seen before the first step, so it copies; at the end the half-life is the full one.
  assert.equal(emaDecay(1, { halfLife: rising }), 0);
  near(emaDecay(1e7, { halfLife: rising }), 0.5 ** (500 / images));
});

Deno.test("emaDecay() of Residual Video Diffusion: 0.99 every 5 steps, a copy until step 2000", () => {
  const settings = { decay: 0.99, warmup: false, every: 5, copyUntil: 2000 } as const;
  // k counts from 1, its loop from 0: steps 0, 5, ..., 1995 copy, 2000 is the first that averages.
  assert.deepEqual(
    [1, 2, 5, 6, 1996, 1997, 2000, 2001, 2002, 2006].map((k) => emaDecay(k, settings)),
    [
      0,
      1,
      1,
      0,
      0,
      1,
      1,
      0.99,
      1,
      0.99,
    ],
  );
});

Deno.test("emaDecay() takes inverse gamma, a least decay and a late start as EMAModel does", () => {
  // EMAModel.get_decay(n): s = n - update_after_step - 1; 0 for s <= 0; 1 - (1 + s / gamma)^-power, clamped.
  const late: EmaSettings = { decay: 0.9, warmup: true, updateAfter: 3, minDecay: 0.2 };
  // s = -3, ..., 0 copy; then 2/11 and 3/12 and the cap.
  assert.deepEqual([1, 2, 3, 4, 5, 6, 10_000].map((k) => emaDecay(k, late)), [
    0,
    0,
    0,
    0,
    0.2,
    0.25,
    0.9,
  ]);
  const gamma: EmaSettings = { decay: 0.9999, warmup: { power: 1, inverseGamma: 4 } };
  // 1 - 1 / (1 + s / 4): s = 4 gives 1/2, s = 12 gives 3/4.
  assert.deepEqual([1, 5, 13].map((k) => emaDecay(k, gamma)), [0, 0.5, 0.75]);
});

Deno.test("emaDecay() with warm-up counts updates, not the steps between them", () => {
  const every = { decay: 0.9999, warmup: true, every: 10 } as const;
  const each = { decay: 0.9999, warmup: true } as const;
  [0, 1, 2, 99].forEach((update) =>
    assert.equal(emaDecay(10 * update + 1, every), emaDecay(update + 1, each))
  );
  assert.equal(emaDecay(2, every), 1);
});
