import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "../../models/layers/conv2d.ts";
import { convGru, convGruParameters } from "../../models/layers/conv_gru.ts";
import { upsample } from "../../models/layers/upsample.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../../models/parameters.ts";
import { fixedValues, type Network } from "./network.ts";

const hidden = [16, 32, 64, 64] as const;
const frames = 10;

/** (c) ConvGRU encoder and decoder over ten frames, back-propagated through all of them. */
export const convGruPredictor: Network = {
  id: "c",
  summary: `ConvGRU ${hidden.join("/")}, ${frames} frames of 64x64, batch 8, full BPTT`,
  specs: specs(),
  // One frame more: the last is only a target.
  batch: { clip: fixedValues([8, frames + 1, 64, 64, 1], 1) },
  loss(parameters, { clip }) {
    const images = tf.unstack(clip!, 1);
    const [batch, height, width] = images[0]!.shape as [number, number, number];
    let states: readonly tf.Tensor[] = hidden.map((channels, level) =>
      tf.zeros([batch, height >> level, width >> level, channels])
    );
    const errors = images.slice(0, frames).map((image, i) => {
      states = encode(parameters, image, states);
      const predicted = decode(parameters, states);
      return tf.mean(tf.square(tf.sub(predicted, images[i + 1]!)));
    });
    return tf.div(tf.addN(errors), frames);
  },
};

function specs(): ParameterSpecs {
  const all: Record<string, ParameterSpecs[string]> = {};
  let inputs = 1;
  hidden.forEach((channels, level) => {
    Object.assign(
      all,
      nest(`gru${level}`, convGruParameters({ inputs, hidden: channels, kernel: 3 })),
    );
    inputs = channels;
  });
  for (let level = hidden.length - 2; level >= 0; level--) {
    const outputs = hidden[level]!;
    const both = { inputs: inputs + outputs, outputs, kernel: 3 };
    Object.assign(all, nest(`up${level}`, conv2dParameters(both)));
    inputs = outputs;
  }
  return { ...all, ...nest("out", conv2dParameters({ inputs, outputs: 1, kernel: 1 })) };
}

/** The next hidden states, from fine to coarse. */
function encode(parameters: Parameters, image: tf.Tensor, states: readonly tf.Tensor[]) {
  let input = image;
  return states.map((state, level) => {
    const next = convGru(under(parameters, `gru${level}`), input, state);
    if (level < hidden.length - 1) input = tf.maxPool(next as tf.Tensor4D, 2, 2, "valid");
    return next;
  });
}

function decode(parameters: Parameters, states: readonly tf.Tensor[]): tf.Tensor {
  let output = states.at(-1)!;
  for (let level = hidden.length - 2; level >= 0; level--) {
    const both = tf.concat([upsample(output), states[level]!], 3);
    output = tf.relu(conv2d(under(parameters, `up${level}`), both));
  }
  return conv2d(under(parameters, "out"), output);
}
