import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "../../models/layers/conv2d.ts";
import { convGru, convGruParameters } from "../../models/layers/conv_gru.ts";
import { upsample } from "../../models/layers/upsample.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../../models/parameters.ts";
import { fixedValues, type Network } from "./network.ts";

export interface ConvGruSizes {
  /** Hidden channels of each level, finest first. */
  readonly hidden: readonly number[];
  readonly frames: number;
  readonly batch: number;
  /** Edge of a frame. */
  readonly edge: number;
}

/** (c) ConvGRU encoder and decoder, back-propagated through all frames. */
export function convGruPredictor({ hidden, frames, batch, edge }: ConvGruSizes): Network {
  return {
    id: "c",
    summary: `ConvGRU ${hidden.join("/")}, ${frames} frames of ${edge}x${edge}, batch ${batch}, ` +
      "full BPTT",
    specs: specs(hidden),
    // One frame more: the last is only a target.
    batch: { clip: fixedValues([batch, frames + 1, edge, edge, 1], 1) },
    loss(parameters, { clip }) {
      const images = tf.unstack(clip!, 1);
      let states: readonly tf.Tensor[] = hidden.map((channels, level) =>
        tf.zeros([batch, edge >> level, edge >> level, channels])
      );
      const errors = images.slice(0, frames).map((image, i) => {
        states = encode(parameters, image, states);
        const predicted = decode(parameters, states);
        return tf.mean(tf.square(tf.sub(predicted, images[i + 1]!)));
      });
      return tf.div(tf.addN(errors), frames);
    },
  };
}

function specs(hidden: readonly number[]): ParameterSpecs {
  const all: ParameterSpecs[] = [];
  let inputs = 1;
  hidden.forEach((channels, level) => {
    all.push(nest(`gru${level}`, convGruParameters({ inputs, hidden: channels, kernel: 3 })));
    inputs = channels;
  });
  for (let level = hidden.length - 2; level >= 0; level--) {
    const outputs = hidden[level]!;
    const both = { inputs: inputs + outputs, outputs, kernel: 3 };
    all.push(nest(`up${level}`, conv2dParameters(both)));
    inputs = outputs;
  }
  all.push(nest("out", conv2dParameters({ inputs, outputs: 1, kernel: 1 })));
  return Object.assign({}, ...all);
}

/** The next hidden states, from fine to coarse. */
function encode(parameters: Parameters, image: tf.Tensor, states: readonly tf.Tensor[]) {
  let input = image;
  return states.map((state, level) => {
    const next = convGru(under(parameters, `gru${level}`), input, state);
    if (level < states.length - 1) input = tf.maxPool(next as tf.Tensor4D, 2, 2, "valid");
    return next;
  });
}

function decode(parameters: Parameters, states: readonly tf.Tensor[]): tf.Tensor {
  let output = states.at(-1)!;
  for (let level = states.length - 2; level >= 0; level--) {
    const both = tf.concat([upsample(output), states[level]!], 3);
    output = tf.relu(conv2d(under(parameters, `up${level}`), both));
  }
  return conv2d(under(parameters, "out"), output);
}
