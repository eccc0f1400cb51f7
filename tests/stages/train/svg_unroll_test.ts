import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { svgBuffers, type SvgConfig, svgParameters } from "../../../models/svg/svg.ts";
import { svgPreset } from "../../../models/svg/svg_presets.ts";
import { unrollSvg } from "../../../stages/train/svg_unroll.ts";
import { setUp } from "../../models/set_up.ts";

const COUNT = 5;
const CONTEXT = 2;

/** Largest difference of each prediction when true frame `changed` becomes another one. */
async function reactions(
  changed: number,
  options: { readonly lastFrameSkip: boolean; readonly forced: 0 | 1 | null },
) {
  const config: SvgConfig = {
    ...svgPreset("tiny", { height: 8, width: 8, channels: 1, conditions: 0 }),
    latent: 2,
    prior: "fixed",
    lastFrameSkip: options.lastFrameSkip,
  };
  const { parameters: fresh, normal } = await setUp({
    ...svgParameters(config),
    ...svgBuffers(config),
  });
  // A posterior that is N(0, 1) whatever it sees: what is left is what the predictor is shown.
  const parameters = Object.fromEntries(
    Object.entries(fresh).map(([name, tensor]) => [
      name,
      /^posterior\.(mean|log_variance)/.test(name) ? tf.zerosLike(tensor) : tf.mul(tensor, 3),
    ]),
  );
  const run = (other: boolean) => {
    const batch: Record<string, tf.Tensor> = {};
    for (let t = 0; t < COUNT; t++) {
      const lane = other && t === changed ? 50 : t;
      batch[`frame${t}`] = tf.sigmoid(normal([1, 8, 8, 1], lane));
      batch[`noise${t}`] = normal([1, 2], 100 + t);
      if (options.forced === null || t < CONTEXT || t > COUNT - 2) continue;
      batch[`forced${t}`] = tf.fill([1, 1, 1, 1], options.forced);
    }
    // By running statistics, or frames would meet in the norms.
    const unrolled = unrollSvg(parameters, config, batch, {
      context: CONTEXT,
      mode: "eval",
      scope: "frame",
    });
    return unrolled.frames;
  };
  const [own, other] = [run(false), run(true)];
  return own.map((frame, i) => tf.max(tf.abs(tf.sub(frame, other[i]!))).dataSync()[0]! > 0);
}

Deno.test("unrollSvg() that runs free never shows the truth after the context, whatever the skips", async () => {
  for (const lastFrameSkip of [false, true]) {
    const forced = 0;
    // Predictions are of frames 1, 2, 3, 4.
    assert.deepEqual(await reactions(1, { lastFrameSkip, forced }), [false, true, true, true]);
    for (const future of [2, 3, 4]) {
      const seen = await reactions(future, { lastFrameSkip, forced });
      assert.deepEqual(seen, [false, false, false, false], `frame ${future}`);
    }
  }
});

Deno.test("unrollSvg() of forced clips shows each true frame, and the same where none can be free", async () => {
  for (const lastFrameSkip of [false, true]) {
    for (const forced of [1, null] as const) {
      const seen = await reactions(3, { lastFrameSkip, forced });
      assert.deepEqual(seen, [false, false, false, true]);
    }
  }
});
