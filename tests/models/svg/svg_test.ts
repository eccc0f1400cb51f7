import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  countParameters,
  type Parameters,
  type ParameterSpecs,
} from "../../../models/parameters.ts";
import { batchNorms } from "../../../models/svg/batch_norms.ts";
import {
  decodeFrame,
  encodeFrame,
  frameCodeBuffers,
  type FrameCodeConfig,
  frameCodeParameters,
} from "../../../models/svg/frame_code.ts";
import { gaussianKl, reparameterise } from "../../../models/svg/gaussian_lstm.ts";
import {
  initialSvgState,
  predictCode,
  svgBuffers,
  type SvgConfig,
  svgParameters,
} from "../../../models/svg/svg.ts";
import { svgPreset, type SvgPresetId } from "../../../models/svg/svg_presets.ts";
import { setUp } from "../set_up.ts";

interface Choice {
  readonly channels: number;
  readonly latent: number;
  readonly prior: "fixed" | "learned";
  readonly conditions?: number;
}

function configOf(
  preset: SvgPresetId,
  { channels, conditions = 0, ...rest }: Choice,
  edge = 64,
): SvgConfig {
  const size = { height: edge, width: edge, channels, conditions };
  return { ...svgPreset(preset, size), ...rest, lastFrameSkip: false };
}

function countOf(specs: ParameterSpecs, part: string): number {
  return countParameters(
    Object.fromEntries(Object.entries(specs).filter(([name]) => name.startsWith(`${part}.`))),
  );
}

Deno.test("svgParameters() of the published sizes count as PyTorch counts them", () => {
  const grey = { channels: 1, latent: 10, prior: "learned" } as const;
  const colour = { channels: 3, latent: 64, prior: "learned" } as const;
  const parts = (preset: SvgPresetId, choice: Choice) => {
    const specs = svgParameters(configOf(preset, choice));
    return ["encoder", "decoder", "predictor", "posterior"].map((part) => countOf(specs, part));
  };
  assert.deepEqual(parts("vgg_64", grey), [8_688_448, 11_821_505, 1_121_152, 564_500]);
  assert.deepEqual(parts("vgg_64", colour), [8_689_600, 11_822_659, 1_134_976, 592_256]);
  assert.deepEqual(parts("dcgan_64", grey), [3_805_376, 6_558_529, 1_121_152, 564_500]);
  assert.deepEqual(parts("dcgan_64", colour), [3_807_424, 6_562_627, 1_134_976, 592_256]);
});

Deno.test("svgParameters() of the published systems have the published totals", () => {
  const total = (preset: SvgPresetId, choice: Choice) =>
    countParameters(svgParameters(configOf(preset, choice)));
  // SVG-LP on stochastic Moving MNIST, SVG-LP on BAIR, and the conditional lab's variant of SVG-FP.
  const smmnist = { channels: 1, latent: 10, prior: "learned" } as const;
  const bair = { channels: 3, latent: 64, prior: "learned" } as const;
  const robot = { channels: 3, latent: 64, prior: "fixed", conditions: 7 } as const;
  assert.equal(total("dcgan_64", smmnist), 12_614_057);
  assert.equal(total("vgg_64", bair), 22_831_747);
  assert.equal(total("vgg_64", robot), 22_241_283);
  assert.equal(countOf(svgParameters(configOf("vgg_64", robot)), "predictor"), 1_136_768);
});

Deno.test("svgParameters() for 128 pixels have one level more, with the same code", () => {
  const grey = { channels: 3, latent: 10, prior: "fixed" } as const;
  for (const kind of ["dcgan", "vgg"] as const) {
    const small = svgParameters(configOf(`${kind}_64`, grey));
    const large = svgParameters(configOf(`${kind}_128`, grey, 128));
    const added = Object.keys(large).filter((name) => !(name in small));
    assert.ok(added.length > 0);
    assert.ok(added.every((name) => /^(encoder\.down|decoder\.up)\.4\./.test(name)), `${added}`);
    assert.deepEqual(large["encoder.code.conv.kernel"]!.shape, [4, 4, 512, 128]);
  }
});

Deno.test("frameCodeParameters() refuse frames that the levels do not divide", () => {
  const config = configOf("vgg_64", { channels: 1, latent: 2, prior: "fixed" }, 72);
  assert.throws(
    () => frameCodeParameters(config.frames),
    /72x72 pixels: 4 levels need height and width to be multiples of 16/,
  );
});

Deno.test("encodeFrame() and decodeFrame() keep the published shapes and ranges", async () => {
  for (const kind of ["dcgan", "vgg"] as const) {
    // The published shapes with a thirty-second of the channels, as the JavaScript backend is slow.
    const config: FrameCodeConfig = {
      kind,
      height: 64,
      width: 64,
      channels: 3,
      widths: [2, 4, 8, 16],
      code: 128,
    };
    const specs = { ...frameCodeParameters(config), ...frameCodeBuffers(config) };
    const { parameters, normal } = await setUp(specs);
    const norms = batchNorms(parameters, "train");
    const encoded = encodeFrame(parameters, config, tf.sigmoid(normal([2, 64, 64, 3], 1)), norms);
    assert.deepEqual(encoded.code.shape, [2, 128]);
    const finest = kind === "vgg" ? 64 : 32;
    assert.deepEqual(
      Object.values(encoded.skips).map(({ shape }) => shape),
      config.widths.map((width, i) => [2, finest / 2 ** i, finest / 2 ** i, width]),
    );
    assert.ok(encoded.code.dataSync().every((value) => Math.abs(value) < 1));
    const frame = decodeFrame(parameters, config, encoded, norms);
    assert.deepEqual(frame.shape, [2, 64, 64, 3]);
    assert.ok(frame.dataSync().every((value) => value > 0 && value < 1));
    assert.deepEqual(
      Object.keys(norms.moved()).sort(),
      Object.keys(frameCodeBuffers(config)).sort(),
    );
  }
});

Deno.test("batchNorms() move the running statistics with each call, and not outside training", async () => {
  const config = configOf("tiny", { channels: 1, latent: 2, prior: "fixed" }, 16).frames;
  const specs = { ...frameCodeParameters(config), ...frameCodeBuffers(config) };
  const { parameters, normal } = await setUp(specs);
  const frame = tf.sigmoid(normal([3, 16, 16, 1], 1));
  const meanAfter = (calls: number) => {
    const norms = batchNorms(parameters, "train");
    for (let i = 0; i < calls; i++) encodeFrame(parameters, config, frame, norms);
    return norms.moved()["encoder.down.0.norm.mean"]!.dataSync();
  };
  const [once, twice] = [meanAfter(1), meanAfter(2)];
  // From 0 a tenth of the way at each call: 0.1 m, then 0.19 m; to float32 rounding.
  once.forEach((value, i) => assert.ok(Math.abs(twice[i]! / value - 1.9) < 1e-5));
  for (const mode of ["eval", "batch_statistics"] as const) {
    const norms = batchNorms(parameters, mode);
    encodeFrame(parameters, config, frame, norms);
    assert.deepEqual(norms.moved(), {});
  }
});

Deno.test("gaussianKl() and reparameterise() give the published numbers", async () => {
  await setUp({});
  const posterior = {
    mean: tf.tensor2d([[0.5, -1]]),
    logVariance: tf.tensor2d([[0.2, -0.3]]),
  };
  const prior = { mean: tf.tensor2d([[0.1, 0.2]]), logVariance: tf.tensor2d([[-0.1, 0.4]]) };
  const sum = (x: tf.Tensor) => tf.sum(x).dataSync()[0]!;
  // Computed in float64; float32 holds seven digits.
  assert.ok(Math.abs(sum(gaussianKl(posterior)) - 0.6561104655) < 1e-6);
  assert.ok(Math.abs(sum(gaussianKl(posterior, prior)) - 0.6942660809) < 1e-6);
  assert.ok(Math.abs(sum(gaussianKl(prior, prior))) < 1e-7);
  const drawn = reparameterise(posterior, tf.tensor2d([[1, -1]])).dataSync();
  assert.ok(Math.abs(drawn[0]! - 1.6051709652) < 1e-6);
  assert.ok(Math.abs(drawn[1]! + 1.8607079983) < 1e-6);
});

Deno.test("predictCode() listens to latent and condition, remembers, and wants the condition", async () => {
  const config = configOf("tiny", { channels: 1, latent: 3, prior: "fixed", conditions: 2 }, 16);
  const { parameters, normal } = await setUp({ ...svgParameters(config), ...svgBuffers(config) });
  const code = tf.tanh(normal([1, 8], 1));
  const given = { code, latent: normal([1, 3], 2), condition: normal([1, 2], 3) };
  const first = predictCode(parameters, config, given, initialSvgState(config, 1));
  const codeWith = (change: Partial<typeof given>, state = initialSvgState(config, 1)) =>
    predictCode(parameters, config, { ...given, ...change }, state).code.dataSync();
  assert.notDeepEqual(codeWith({ latent: normal([1, 3], 4) }), first.code.dataSync());
  assert.notDeepEqual(codeWith({ condition: normal([1, 2], 5) }), first.code.dataSync());
  assert.notDeepEqual(codeWith({}, first.state), first.code.dataSync());
  const { condition: _, ...without } = given;
  assert.throws(
    () => predictCode(parameters, config, without, initialSvgState(config, 1)),
    /expects 2 conditions, but there are none/,
  );
});

Deno.test("initialSvgState() has the states of the networks that there are", () => {
  const names = (prior: "fixed" | "learned") =>
    Object.keys(initialSvgState(configOf("dcgan_64", { channels: 1, latent: 3, prior }), 1));
  const fixed: Parameters = initialSvgState(
    configOf("tiny", { channels: 1, latent: 3, prior: "fixed" }, 16),
    2,
  );
  assert.deepEqual(fixed["predictor.0.cell"]!.shape, [2, 8]);
  assert.equal(names("fixed").length, 6);
  assert.deepEqual(names("learned").slice(6), ["prior.0.hidden", "prior.0.cell"]);
});
