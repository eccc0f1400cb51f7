/** Long short-term memory, one step. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";
import { gateParameters, type GateSizes } from "./gate_parameters.ts";

export interface LstmCellSizes extends GateSizes {
  /** What the forget parts of both biases start with, so twice as much in sum; only with init "xavier". */
  readonly forgetBias?: number;
}

export interface LstmState {
  /** `[batch, hidden]`, also the output. */
  readonly hidden: tf.Tensor;
  /** `[batch, hidden]`. */
  readonly cell: tf.Tensor;
}

const GATES = 4;

/**
 * Declares `weightInput [inputs, 4 hidden]`, `weightHidden [hidden, 4 hidden]`, `biasInput` and `biasHidden`
 * `[4 hidden]`: input gate, forget gate, candidate, output gate, PyTorch's order.
 * @throws {RangeError} When a forget bias is given with an initialisation that has none.
 */
export function lstmCellParameters({ forgetBias, ...sizes }: LstmCellSizes): ParameterSpecs {
  if (forgetBias !== undefined && sizes.init !== "xavier") {
    throw new RangeError(
      `Cannot declare an LSTM cell with forget bias ${forgetBias}: it needs init "xavier"`,
    );
  }
  const bias = { kind: "parts", values: [0, forgetBias ?? 1, 0, 0] } as const;
  return gateParameters({ ...sizes, gates: GATES, bias });
}

/**
 * i, f, g, o = W x + b + U h + b'; c' = σ(f) c + σ(i) tanh(g); h' = σ(o) tanh(c').
 *
 * Source: Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000, as `torch.nn.LSTMCell`.
 * @param input `[batch, inputs]`.
 * @param state Zeros before the first step.
 */
export function lstmCell(
  parameters: Parameters,
  input: tf.Tensor,
  { hidden, cell }: LstmState,
): LstmState {
  const fromInput = tf.add(
    tf.matMul(input as tf.Tensor2D, parameter(parameters, "weightInput") as tf.Tensor2D),
    parameter(parameters, "biasInput"),
  );
  const fromHidden = tf.add(
    tf.matMul(hidden as tf.Tensor2D, parameter(parameters, "weightHidden") as tf.Tensor2D),
    parameter(parameters, "biasHidden"),
  );
  const [enter, forget, candidate, leave] = tf.split(tf.add(fromInput, fromHidden), GATES, 1);
  const next = tf.add(
    tf.mul(tf.sigmoid(forget!), cell),
    tf.mul(tf.sigmoid(enter!), tf.tanh(candidate!)),
  );
  return { hidden: tf.mul(tf.sigmoid(leave!), tf.tanh(next)), cell: next };
}
