/** Computing what an architecture of convolutions, pools and forks describes. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";
import type { ConvStep, Path, Step } from "./architecture.ts";

/** Declares `<name>.kernel [height, width, inputs, outputs]` and `<name>.bias [outputs]` of a path. */
export function pathParameters(path: Path, inputs: number): ParameterSpecs {
  const specs: Record<string, ParameterSpecs[string]> = {};
  forEachConv(path, inputs, ({ name, kernel, outputs }, channels) => {
    const std = Math.sqrt(2 / (kernel[0] * kernel[1] * channels));
    specs[`${name}.kernel`] = {
      shape: [...kernel, channels, outputs],
      init: { kind: "normal", std },
    };
    specs[`${name}.bias`] = { shape: [outputs], init: { kind: "zeros" } };
  });
  return specs;
}

/**
 * Visits the convolutions of a path in order.
 * @returns Channels behind the path.
 */
export function forEachConv(
  path: Path,
  inputs: number,
  visit: (step: ConvStep, inputs: number) => void,
): number {
  return path.reduce((channels, step) => {
    switch (step.kind) {
      case "conv":
        visit(step, channels);
        return step.outputs;
      case "fork":
        return step.paths.reduce((sum, branch) => sum + forEachConv(branch, channels, visit), 0);
      case "max":
      case "average":
        return channels;
    }
  }, inputs);
}

/** Runs a path on `[batch, height, width, channel]`. */
export function runPath(parameters: Parameters, path: Path, x: tf.Tensor): tf.Tensor {
  return path.reduce((value, step) => runStep(parameters, step, value as tf.Tensor4D), x);
}

function runStep(parameters: Parameters, step: Step, x: tf.Tensor4D): tf.Tensor {
  switch (step.kind) {
    case "conv": {
      const kernel = parameter(parameters, `${step.name}.kernel`) as tf.Tensor4D;
      const bias = parameter(parameters, `${step.name}.bias`);
      return tf.relu(tf.add(tf.conv2d(x, kernel, step.stride, step.pad), bias));
    }
    case "fork":
      return tf.concat(step.paths.map((path) => runPath(parameters, path, x)), 3);
    case "max":
      return tf.maxPool(x, 3, step.stride, step.stride === 1 ? "same" : "valid");
    case "average":
      // tfjs divides by the pixels inside the image, as TensorFlow does; PyTorch's default counts padding.
      return tf.avgPool(x, 3, step.stride, step.stride === 1 ? "same" : "valid");
  }
}
