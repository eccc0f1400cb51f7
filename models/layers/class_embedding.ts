/** Embedding of a class label. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";

/** Declares `table [classes, width]`, standard normal: PyTorch's default. */
export function classEmbeddingParameters(
  { classes, width }: { readonly classes: number; readonly width: number },
): ParameterSpecs {
  return { table: { shape: [classes, width], init: { kind: "normal", std: 1 } } };
}

/**
 * Row `label` of the table; any label outside it, by convention `classes`, means "no class" and gives zeros.
 *
 * A product with one-hot rows: its gradient is a matrix product too, where that of a gather would scatter.
 * @param labels `[batch]`, int32.
 * @returns `[batch, width]`.
 */
export function classEmbedding(parameters: Parameters, labels: tf.Tensor): tf.Tensor {
  const table = parameter(parameters, "table") as tf.Tensor2D;
  return tf.matMul(tf.oneHot(labels as tf.Tensor1D, table.shape[0]) as tf.Tensor2D, table);
}
