import * as tf from "@tensorflow/tfjs-core";
import { silu } from "../../models/layers/silu.ts";
import { type Initializer, parameter } from "../../models/parameters.ts";
import { fixedValues, type Network } from "./network.ts";

const channels = 64;
const shape = [8, 32, 32, channels];
const kernel: Initializer = { kind: "uniform", bound: 1 / Math.sqrt(9 * channels) };
const names = ["0", "1", "2", "3", "4", "5"];

/** (a) Six times convolution 3x3 without bias and SiLU: nothing but convolution. */
export const convStack: Network = {
  id: "a",
  summary: "6x conv 3x3 64 channels + SiLU, 8x32x32",
  specs: Object.fromEntries(
    names.map((name) => [name, { shape: [3, 3, channels, channels], init: kernel }]),
  ),
  batch: { x: fixedValues(shape, 1), y: fixedValues(shape, 2) },
  loss(parameters, { x, y }) {
    const output = names.reduce((input: tf.Tensor, name) => {
      const filter = parameter(parameters, name) as tf.Tensor4D;
      return silu(tf.conv2d(input as tf.Tensor4D, filter, 1, [[0, 0], [1, 1], [1, 1], [0, 0]]));
    }, x!);
    return tf.mean(tf.square(tf.sub(output, y!)));
  },
};
