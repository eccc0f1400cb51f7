/** A loss, what it made of the buffers, and its gradients. */

import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "../models/parameters.ts";

/** Tensors by name, of one batch. */
export type Batch = Readonly<Record<string, tf.Tensor>>;

/** A loss; with buffers, also what they are afterwards. */
export type LossResult = tf.Scalar | {
  readonly loss: tf.Scalar;
  readonly buffers: Parameters;
  /** Scalars for the history, beside the loss: its parts, for example. The same names at each step. */
  readonly told?: Parameters;
};

/**
 * The loss of a batch.
 *
 * @param parameters Trained parameters and buffers together.
 */
export type Loss = (parameters: Parameters, batch: Batch) => LossResult;

export interface LossAndGradients {
  readonly value: tf.Scalar;
  /** In the order of sorted names: a sum over them must not depend on the order of a record. */
  readonly gradients: Record<string, tf.Tensor>;
  /** All of them, by the names of `buffers`. */
  readonly buffers: Record<string, tf.Tensor>;
  /** Scalars that the loss told; empty where it told none. */
  readonly told: Record<string, tf.Tensor>;
}

/**
 * @throws {TypeError} When the loss is no scalar, or the buffers that it returns are not those it got.
 * @throws {Error} Naming the first parameter that the loss does not depend on.
 */
export function lossAndGradients(
  loss: Loss,
  parameters: Parameters,
  buffers: Parameters,
  batch: Batch,
): LossAndGradients {
  const names = Object.keys(parameters).sort();
  const kept: Record<string, tf.Tensor> = {};
  const told: Record<string, tf.Tensor> = {};
  const forward = () => {
    const result = loss({ ...parameters, ...buffers }, batch);
    if (result instanceof tf.Tensor) return result;
    // All but the loss would end with the forward pass. Copies, because a buffer that is passed through
    // belongs to the caller.
    for (const [name, tensor] of Object.entries(result.buffers)) {
      kept[name] = tf.keep(tf.clone(tensor));
    }
    for (const [name, tensor] of Object.entries(result.told ?? {})) {
      told[name] = tf.keep(tf.clone(tensor));
    }
    return result.loss;
  };
  try {
    // Not tf.valueAndGrads(): it cannot say which parameter has no gradient.
    const { value, grads } = tf.engine().gradients(
      forward,
      names.map((name) => parameters[name]!),
      undefined,
      true,
    );
    if (value.rank !== 0) {
      throw new TypeError(
        `Cannot train: the loss must be a scalar, but its shape is [${value.shape}]`,
      );
    }
    const unused = names.find((_, index) => !grads[index]);
    if (unused !== undefined) {
      throw new Error(`Cannot train parameter "${unused}": the loss does not depend on it`);
    }
    requireSame(buffers, kept);
    return {
      value,
      gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
      buffers: cloneAll(kept),
      told: cloneAll(told),
    };
  } finally {
    // What is kept belongs to no scope; the copies made above belong to the caller's.
    tf.dispose([kept, told]);
  }
}

function cloneAll(tensors: Parameters): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, tf.clone(tensor)]),
  );
}

/** Buffers that a loss forgets would silently stay as they were first. */
function requireSame(given: Parameters, returned: Parameters): void {
  const missing = Object.keys(given).find((name) => !Object.hasOwn(returned, name));
  if (missing !== undefined) {
    throw new TypeError(`Cannot train: the loss must return buffer "${missing}", but it does not`);
  }
  for (const [name, { shape }] of Object.entries(returned)) {
    const expected = given[name]?.shape;
    if (expected?.join() === shape.join()) continue;
    throw new TypeError(
      expected === undefined
        ? `Cannot train: the loss returned buffer "${name}", but the network has none of that name`
        : `Cannot train: buffer "${name}" must be [${expected}], but the loss returned [${shape}]`,
    );
  }
}
