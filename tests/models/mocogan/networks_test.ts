import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { codeSize, type MocoganConfig, pyramidOf } from "../../../models/mocogan/config.ts";
import { generatorParameters } from "../../../models/mocogan/generator.ts";
import {
  imageDiscriminator,
  imageDiscriminatorBuffers,
  imageDiscriminatorParameters,
  imageDiscriminatorUniforms,
} from "../../../models/mocogan/image_discriminator.ts";
import { motionParameters } from "../../../models/mocogan/motion_codes.ts";
import { mocoganPreset, mocoganPresetIds } from "../../../models/mocogan/presets.ts";
import {
  videoDiscriminator,
  videoDiscriminatorBuffers,
  videoDiscriminatorParameters,
  videoDiscriminatorUniforms,
} from "../../../models/mocogan/video_discriminator.ts";
import { countParameters } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";
import { tinyConfig } from "./tiny_config.ts";

function published(changes: Partial<MocoganConfig> = {}): MocoganConfig {
  const sizes = { size: 64, channels: 3, frames: 16, categories: 0 };
  return { ...mocoganPreset("published"), ...sizes, ...changes };
}

Deno.test("MoCoGAN's networks have the published numbers of parameters", () => {
  const generator = (changes: Partial<MocoganConfig>) =>
    countParameters(generatorParameters(published(changes)));
  assert.equal(generator({}), 3_249_024);
  assert.equal(generator({ categories: 4 }), 3_281_792);
  assert.equal(generator({ categories: 6 }), 3_298_176);
  const image = (changes: Partial<MocoganConfig>) =>
    countParameters(imageDiscriminatorParameters(published(changes)));
  assert.equal(image({ imageDiscriminator: "full" }), 2_765_568);
  assert.equal(image({ imageDiscriminator: "patch" }), 663_296);
  const video = (changes: Partial<MocoganConfig>) =>
    countParameters(videoDiscriminatorParameters(published(changes)));
  assert.equal(video({ videoDiscriminator: "full" }), 11_056_896);
  assert.equal(video({ videoDiscriminator: "patch" }), 2_650_880);
  assert.equal(video({ videoDiscriminator: "categorical", categories: 4 }), 11_187_968);
  assert.equal(video({ videoDiscriminator: "categorical", categories: 6 }), 11_253_504);
  assert.equal(countParameters(motionParameters(published().motion)), 660);
});

Deno.test("DLHacks' and MP5's networks have their published numbers of parameters", () => {
  const config: MocoganConfig = {
    ...mocoganPreset("mp5"),
    size: 96,
    channels: 3,
    frames: 16,
    categories: 0,
  };
  assert.equal(countParameters(generatorParameters(config)), 3_863_424);
  assert.equal(countParameters(imageDiscriminatorParameters(config)), 2_775_808);
  assert.equal(countParameters(videoDiscriminatorParameters(config)), 11_042_561);
  assert.equal(countParameters(motionParameters(config.motion)), 45_810);
  assert.equal(countParameters(motionParameters({ ...config.motion, cell: "gru" })), 34_610);
});

Deno.test("discriminators of 64 pixels answer in the published shapes", async () => {
  const narrow = { discriminatorWidth: 1, noise: { sigma: 0, at: "inputs" } } as const;
  await setUp({});
  const clips = tf.zeros([2, 16, 64, 64, 3]);
  const judge = async (changes: Partial<MocoganConfig>) => {
    const config = published({ ...narrow, ...changes });
    const specs = { ...videoDiscriminatorParameters(config), ...videoDiscriminatorBuffers(config) };
    const { parameters } = await setUp(specs);
    return videoDiscriminator(parameters, config, clips, { mode: "eval" });
  };
  const full = await judge({ videoDiscriminator: "full" });
  assert.deepEqual(full.logits.shape, [2]);
  assert.equal(full.categories, undefined);
  const categorical = await judge({ videoDiscriminator: "categorical", categories: 4 });
  assert.deepEqual(categorical.logits.shape, [2]);
  assert.deepEqual(categorical.categories!.shape, [2, 4]);
  const patch = await judge({ videoDiscriminator: "patch" });
  assert.deepEqual(patch.logits.shape, [2, 4, 4, 4]);
  // A batch of one stays a batch: the original squeezes it away.
  const config = published({ ...narrow, imageDiscriminator: "patch" });
  const { parameters } = await setUp({
    ...imageDiscriminatorParameters(config),
    ...imageDiscriminatorBuffers(config),
  });
  const one = imageDiscriminator(parameters, config, tf.zeros([1, 64, 64, 3]), { mode: "eval" });
  assert.deepEqual(one.logits.shape, [1, 4, 4]);
});

Deno.test("pyramidOf() halves an edge to between 4 and 7 pixels", () => {
  const found = [16, 32, 40, 48, 64, 96, 112, 128].map((size) => Object.values(pyramidOf(size)));
  assert.deepEqual(found, [[2, 4], [3, 4], [3, 5], [3, 6], [4, 4], [4, 6], [4, 7], [5, 4]]);
  for (const size of [8, 14, 50, 36 + 1, 72]) {
    assert.throws(() => pyramidOf(size), new RegExp(`frames of ${size} pixels`));
  }
});

Deno.test("every preset builds at 32, 48, 64 and 96 pixels with its categories", () => {
  for (const id of mocoganPresetIds) {
    for (const size of [32, 48, 64, 96]) {
      const config = { ...mocoganPreset(id), size, channels: 3, frames: 16, categories: 2 };
      assert.equal(codeSize(config), config.content + 2 + config.motion.size);
      assert.ok(countParameters(generatorParameters(config)) > 0);
      assert.ok(countParameters(videoDiscriminatorParameters(config)) > 0);
    }
  }
});

Deno.test("videoDiscriminatorParameters() refuses clips that are too short, and no categories", () => {
  const declare = (changes: Partial<MocoganConfig>) => () =>
    videoDiscriminatorParameters(published(changes));
  assert.throws(declare({ frames: 12, categories: 2 }), /12 frames of 64 pixels: .*at least 13/);
  assert.throws(declare({ categories: 0 }), /there must be categories, but there are 0/);
});

Deno.test("a discriminator's noise comes in as numbers and must not be forgotten", async () => {
  const config = tinyConfig({ noise: { sigma: 0.5, at: "convolutions" } });
  const { parameters, normal } = await setUp({
    ...imageDiscriminatorParameters(config),
    ...imageDiscriminatorBuffers(config),
  });
  const shapes = imageDiscriminatorUniforms(config, 2);
  assert.deepEqual(Object.keys(shapes), ["rows.0", "columns.0", "rows.1", "columns.1"]);
  const frames = normal([2, 16, 16, 3], 1);
  const uniforms = (shift: number) =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        tf.sigmoid(normal([...shape], shape.length + shift)),
      ]),
    );
  const judge = (shift: number) =>
    imageDiscriminator(parameters, config, frames, { mode: "eval", uniforms: uniforms(shift) })
      .logits;
  assertNear(judge(1), judge(1), 0);
  const change = tf.max(tf.abs(tf.sub(judge(1), judge(2)))).dataSync()[0]!;
  assert.ok(change > 1e-3, `${change}`);
  assert.throws(
    () => imageDiscriminator(parameters, config, frames, { mode: "eval" }),
    /layer 0 needs uniform numbers "rows.0" and "columns.0", but there are none/,
  );
  const video = Object.keys(videoDiscriminatorUniforms({ ...config, frames: 8 }, 2));
  assert.equal(video.length, 6);
  const onlyInputs = tinyConfig({ noise: { sigma: 0.5, at: "inputs" } });
  assert.deepEqual(Object.keys(videoDiscriminatorUniforms(onlyInputs, 2)), ["rows.0", "columns.0"]);
});
