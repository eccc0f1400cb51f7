/** The network against torch 2.15 in float64, whose blocks were checked against pytorch-fid's own. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import type { NamedArrays } from "../../artifacts/weights.ts";
import { inceptionInput } from "../../models/inception/resize.ts";
import { expectedShapes, inceptionFromStateDict } from "../../models/inception/state_dict.ts";
import {
  type InceptionConfig,
  inceptionFeatures,
  inceptionLayers,
  inceptionParameters,
  inceptionResizes,
} from "../../models/inception_v3.ts";
import { countParameters, type Parameters } from "../../models/parameters.ts";
import { toDevice } from "../../training/host_tensor.ts";
import fixture from "../fixtures/inception_v3.json" with { type: "json" };
import { ruleMadeImage, ruleMadeWeights } from "./inception_fixture.ts";

interface Written {
  readonly step: number;
  readonly values: string;
}

/**
 * Of the largest feature. float32 rounding through 48 layers of sums of up to 3456 products: torch itself
 * is off by 2e-7 in float32; torch-fidelity documents 1e-4 between frameworks.
 */
const tolerance = 1e-5;

const stateDict = ruleMadeWeights();
const folded = inceptionFromStateDict(stateDict);

Deno.test("inceptionFeatures() gives PyTorch's features, for each way to resize and each layer", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const parameters = toDevice(folded);
  for (const { resize, image, features } of fixture.cases) {
    const program = engine.jit(
      (parameters: Parameters, { images }: Parameters) =>
        Object.fromEntries(
          inceptionLayers.map((layer) => [
            layer,
            inceptionFeatures(parameters, images!, { ...config(resize), layer }),
          ]),
        ),
      { name: `inception ${resize}` },
    );
    const images = imageTensor(image);
    const found = await program(parameters, { images });
    for (const layer of inceptionLayers) {
      const tensor = found[layer]!;
      assert.deepEqual(tensor.shape, [1, layer]);
      const difference = differenceOf(await tensor.data(), features[layer]);
      assert.ok(difference < tolerance, `${resize} ${layer} is off by ${difference}`);
    }
    if (resize === "pytorch") {
      // Each oversight of the network that is kept must show, or this test would not notice its loss.
      const pooled = await found[2048]!.data();
      for (const [name, written] of Object.entries(fixture.variants)) {
        const difference = differenceOf(pooled, written);
        assert.ok(difference > 1000 * tolerance, `${name} changes features by ${difference}`);
      }
    }
    tf.dispose([images, found]);
    program.dispose();
  }
  tf.dispose(parameters);
  engine.dispose();
});

Deno.test("inceptionInput() resizes and scales as pytorch-fid, TensorFlow 1 and clean-fid do", async () => {
  await createEngine({ backend: "cpu", threads: 1 });
  for (const { resize, image, input } of fixture.cases) {
    const found = inceptionInput(imageTensor(image), config(resize).resize);
    assert.deepEqual(found.shape, [1, 299, 299, 3]);
    // Pillow's own results are float32 of numbers up to 255.
    const difference = differenceOf(found.dataSync(), input);
    assert.ok(difference < 1e-6, `${resize} is off by ${difference}`);
  }
});

Deno.test("inceptionInput() leaves the size of images of 299x299 alone, repeats grey, and clips as clean-fid", async () => {
  await createEngine({ backend: "cpu", threads: 1 });
  const grey = Float32Array.from({ length: 299 * 299 }, (_, i) => (i % 256) / 255);
  for (const resize of inceptionResizes) {
    const found = inceptionInput(tf.tensor(grey, [1, 299, 299, 1]), resize).dataSync();
    const scaled = (value: number) =>
      resize === "pytorch" ? 2 * value - 1 : (255 * value - 128) / 128;
    for (let i = 0; i < found.length; i++) {
      const expected = scaled(grey[Math.floor(i / 3)]!);
      // One rounding of float32.
      assert.ok(Math.abs(found[i]! - expected) < 2e-7, `${resize} ${i}`);
    }
  }
  // An edge from 0 to 1 overshoots in a bicubic filter; clean-fid clips it.
  const edge = Float32Array.from({ length: 64 * 64 }, (_, i) => i % 64 < 32 ? 0 : 1);
  const clean = inceptionInput(tf.tensor(edge, [1, 64, 64, 1]), "clean").dataSync();
  assert.equal(Math.min(...clean.subarray(0, 897)), -1);
  assert.equal(Math.max(...clean.subarray(0, 897)), Math.fround(255 / 128) - 1);
});

Deno.test("inceptionInput() refuses images of other channels", async () => {
  await createEngine({ backend: "cpu", threads: 1 });
  const images = tf.zeros([1, 8, 8, 4]);
  assert.throws(
    () => inceptionInput(images, "clean"),
    /\[batch, height, width, 1 or 3\], but are \[1,8,8,4\]/,
  );
});

Deno.test("inceptionParameters() declares what inceptionFromStateDict() gives", () => {
  const specs = inceptionParameters();
  assert.deepEqual(
    Object.entries(folded).map(([name, { shape }]) => [name, shape]),
    Object.entries(specs).map(([name, { shape }]) => [name, shape]),
  );
  assert.equal(Object.keys(specs).length, 2 * 94);
  // torchvision's inception_v3 without its classifiers has 21,785,568 parameters, 34,432 of them the
  // scales and shifts of batch normalisation; here a bias takes the place of both.
  assert.equal(countParameters(specs), 21_785_568 - 34_432 / 2);
  const elements = [...expectedShapes().values()]
    .reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
  // Counted by PyTorch 2.15 in pytorch-fid's network: floating-point numbers of its state_dict.
  assert.equal(elements, 23_885_392);
});

Deno.test("inceptionFromStateDict() leaves counts of batches out, and names tensors that do not fit", () => {
  const counted = {
    ...stateDict,
    "Mixed_7c.branch1x1.bn.num_batches_tracked": { shape: [], data: Float32Array.of(7) },
  };
  assert.deepEqual(Object.keys(inceptionFromStateDict(counted)), Object.keys(folded));

  const { "fc.bias": _bias, "Conv2d_1a_3x3.conv.weight": _weight, ...incomplete } = stateDict;
  refuses(
    incomplete,
    /of its 472 tensors, these are missing: Conv2d_1a_3x3\.conv\.weight, fc\.bias$/,
  );
  const aux = { shape: [1], data: Float32Array.of(0) };
  refuses(
    { ...stateDict, "AuxLogits.fc.bias": aux, "x.bn.num_batches_tracked": aux },
    /these do not belong: AuxLogits\.fc\.bias, x\.bn\.num_batches_tracked$/,
  );
  refuses(
    { ...stateDict, "fc.bias": { shape: [1000], data: new Float32Array(1000) } },
    /these have another shape: fc\.bias \[1000\] instead of \[1008\]$/,
  );
  refuses({}, /these are missing: .*, .*, .*, .*, .* and 467 more$/);
});

function refuses(tensors: NamedArrays, message: RegExp): void {
  assert.throws(() => inceptionFromStateDict(tensors), { message });
}

function config(resize: string): Pick<InceptionConfig, "resize"> {
  const known = inceptionResizes.find((id) => id === resize);
  assert.ok(known !== undefined, resize);
  return { resize: known };
}

function imageTensor({ shape, salt }: { shape: readonly number[]; salt: number }): tf.Tensor {
  return tf.tensor(ruleMadeImage(shape, salt), [1, ...shape]);
}

/** Largest difference from every step-th number, as a part of the largest of them. */
function differenceOf(found: ArrayLike<number>, { step, values }: Written): number {
  const expected = values.split(" ").map(Number);
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(found[i * step]! - value))) / largest;
}
