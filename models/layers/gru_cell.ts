/** Gated recurrent unit, one step. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";
import { gateParameters, type GateSizes } from "./gate_parameters.ts";

const GATES = 3;

/**
 * Declares `weightInput [inputs, 3 hidden]`, `weightHidden [hidden, 3 hidden]`, `biasInput` and `biasHidden`
 * `[3 hidden]`: reset gate, update gate, candidate, PyTorch's order.
 */
export function gruCellParameters(sizes: GateSizes): ParameterSpecs {
  return gateParameters({ ...sizes, gates: GATES, bias: { kind: "zeros" } });
}

/**
 * r, z = σ(W x + b + U h + b'); n = tanh(W_n x + b_n + r (U_n h + b'_n)); h' = (1 − z) n + z h.
 *
 * The reset gate acts after the product with h, and z = 1 keeps the old state: both unlike `convGru`.
 * Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078, in the form of `torch.nn.GRUCell`.
 * @param input `[batch, inputs]`.
 * @param hidden `[batch, hidden]`.
 * @returns The next hidden state, also the output.
 */
export function gruCell(parameters: Parameters, input: tf.Tensor, hidden: tf.Tensor): tf.Tensor {
  const fromInput = tf.add(
    tf.matMul(input as tf.Tensor2D, parameter(parameters, "weightInput") as tf.Tensor2D),
    parameter(parameters, "biasInput"),
  );
  const fromHidden = tf.add(
    tf.matMul(hidden as tf.Tensor2D, parameter(parameters, "weightHidden") as tf.Tensor2D),
    parameter(parameters, "biasHidden"),
  );
  const [resetInput, updateInput, candidateInput] = tf.split(fromInput, GATES, 1);
  const [resetHidden, updateHidden, candidateHidden] = tf.split(fromHidden, GATES, 1);
  const reset = tf.sigmoid(tf.add(resetInput!, resetHidden!));
  const update = tf.sigmoid(tf.add(updateInput!, updateHidden!));
  const candidate = tf.tanh(tf.add(candidateInput!, tf.mul(reset, candidateHidden!)));
  return tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
}
