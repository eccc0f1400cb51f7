import assert from "node:assert/strict";
import { imageDenoiserParameters, requireDivisible } from "../../models/image_denoiser.ts";
import { imagePreset, type ImagePresetId, imagePresetIds } from "../../models/image_presets.ts";
import { countParameters, type ParameterSpecs } from "../../models/parameters.ts";

const photos = { channels: 3, outputs: 3, classes: 0, size: 64 };

function parameters(id: ImagePresetId, classes = 0): ParameterSpecs {
  return imageDenoiserParameters(imagePreset(id, { ...photos, classes }));
}

/** Of all names that start with one of `inside` and with none of `outside`. */
function countOf(specs: ParameterSpecs, inside: string, ...outside: string[]): number {
  return countParameters(
    Object.fromEntries(
      Object.entries(specs).filter(([name]) =>
        name.startsWith(`${inside}.`) && !outside.some((other) => name.startsWith(`${other}.`))
      ),
    ),
  );
}

Deno.test("imagePreset() of system D has the published parameter counts", () => {
  assert.equal(countParameters(parameters("double_conv_seed")), 23_563_011);
  assert.equal(countParameters(parameters("double_conv_original")), 23_332_739);
  assert.equal(countParameters(parameters("double_conv_original", 10)), 23_335_299);
});

Deno.test("imagePreset() of system D has the published counts, part by part", () => {
  const specs = parameters("double_conv_seed");
  const expected = {
    "enter": 38_848,
    "down.1": 312_192,
    "down.1.attention": 132_480,
    "down.2": 1_214_208,
    "down.2.attention": 527_104,
    "down.3": 2_394_368,
    "down.3.attention": 527_104,
    "middle.0": 3_540_992,
    "middle.1": 4_720_640,
    "middle.2": 1_770_496,
    "up.2": 6_212_480,
    "up.2.attention": 132_480,
    "up.1": 1_557_952,
    "up.1.attention": 33_472,
    "up.0": 414_528,
    "up.0.attention": 33_472,
    "out": 195,
  };
  for (const [part, count] of Object.entries(expected)) {
    const isAttention = part.endsWith("attention");
    assert.equal(countOf(specs, part, ...isAttention ? [] : [`${part}.attention`]), count, part);
  }
});

Deno.test("imagePreset() of system E has the published parameter counts, part by part", () => {
  const specs = parameters("simple_seed");
  assert.equal(countParameters(specs), 62_438_883);
  const expected = {
    "time": 1_056,
    "enter": 1_792,
    "down.0": 488_448,
    "down.1": 1_943_552,
    "down.2": 7_753_728,
    "down.3": 30_973_952,
    "up.0": 16_011_264,
    "up.1": 4_007_936,
    "up.2": 1_004_544,
    "up.3": 252_416,
    "out": 195,
  };
  for (const [part, count] of Object.entries(expected)) assert.equal(countOf(specs, part), count);
  assert.equal(countParameters(parameters("simple_half")), 3_878_147);
  assert.equal(countParameters(parameters("simple_tiny")), 236_435);
});

Deno.test("imagePreset() with mended skips sees the coarsest map once and the first one at the end", () => {
  // Without 9 · 1024 · 512 weights of the first block's second half, with 64 · 3 of the output.
  const count = 62_438_883 - 9 * 1024 * 512 + 64 * 3;
  assert.equal(countParameters(parameters("simple_repaired")), count);
});

Deno.test("imagePreset() leaves out attention over more pixels than it may", () => {
  const names = (attentionUpTo: number) =>
    Object.keys(
      imageDenoiserParameters(imagePreset("double_conv_seed", { ...photos, attentionUpTo })),
    ).filter((name) => name.endsWith("attention.expand.bias")).map((name) => name.slice(0, 6));
  assert.deepEqual(names(64), ["down.3"]);
  assert.deepEqual(names(1024), ["down.1", "down.2", "down.3", "up.2.a", "up.1.a"]);
  assert.equal(names(4096).length, 6);
  assert.deepEqual(names(0), []);
});

Deno.test("imagePreset() fits modern networks to the size: patches, levels, attention on the coarsest", () => {
  const fit = (size: number) => {
    const config = imagePreset("modern_small", { ...photos, size });
    assert.ok(config.kind === "modern_unet");
    return [config.patch, config.widths, config.attentionLevels];
  };
  assert.deepEqual(fit(28), [1, [32, 64, 128], [2]]);
  assert.deepEqual(fit(32), [1, [32, 64, 128, 128], [3]]);
  assert.deepEqual(fit(64), [2, [32, 64, 128, 128], [3]]);
  assert.deepEqual(fit(128), [4, [32, 64, 128, 128], [3]]);
  assert.deepEqual(fit(33), [1, [32], []]);
});

Deno.test("imagePreset() takes any size that is a multiple of 4", () => {
  for (const id of imagePresetIds.filter((id) => id.startsWith("modern"))) {
    for (const size of [12, 28, 32, 36, 48, 64, 100, 128]) {
      const config = imagePreset(id, { ...photos, size });
      requireDivisible(config, { height: size, width: size });
      assert.ok(countParameters(imageDenoiserParameters(config)) > 0);
    }
  }
});
