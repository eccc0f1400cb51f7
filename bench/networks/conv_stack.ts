import * as tf from "@tensorflow/tfjs-core";
import { silu } from "../../models/layers/silu.ts";
import { type Initializer, parameter } from "../../models/parameters.ts";
import { fixedValues, type Network } from "./network.ts";

export interface ConvStackSizes {
  readonly layers: number;
  readonly channels: number;
  readonly batch: number;
  /** Edge of an image. */
  readonly edge: number;
}

/** (a) Convolutions 3x3 without bias, each with SiLU: nothing but convolution. */
export function convStack({ layers, channels, batch, edge }: ConvStackSizes): Network {
  const shape = [batch, edge, edge, channels];
  // He's, so that what goes in still shows in the loss.
  const init: Initializer = { kind: "uniform", bound: Math.sqrt(6 / (9 * channels)) };
  const names = Array.from({ length: layers }, (_, layer) => `${layer}`);
  return {
    id: "a",
    summary: `${layers}x conv 3x3 ${channels} channels + SiLU, ${batch}x${edge}x${edge}`,
    specs: Object.fromEntries(
      names.map((name) => [name, { shape: [3, 3, channels, channels], init }]),
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
}
