/**
 * Composite layers: values against the "cpu" backend, and gradients against quotients of
 * differences, both of the graph that a processor would get, evaluated in float64.
 */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { batchNorm, batchNormParameters } from "../../models/layers/batch_norm.ts";
import { convGru, convGruParameters } from "../../models/layers/conv_gru.ts";
import { gelu } from "../../models/layers/gelu.ts";
import { groupNorm, groupNormParameters } from "../../models/layers/group_norm.ts";
import { gruCell, gruCellParameters } from "../../models/layers/gru_cell.ts";
import { layerNorm, layerNormParameters } from "../../models/layers/layer_norm.ts";
import { lstmCell, lstmCellParameters } from "../../models/layers/lstm_cell.ts";
import { selfAttention, selfAttentionParameters } from "../../models/layers/self_attention.ts";
import { silu } from "../../models/layers/silu.ts";
import type { Parameters, ParameterSpecs } from "../../models/parameters.ts";
import { evaluatedFailure } from "../support/evaluator/evaluated_case.ts";
import { scattered } from "../support/host_tensor.ts";
import type { KernelCase } from "../support/kernel_suite.ts";

type Run = (parameters: Parameters, inputs: readonly tf.Tensor[]) => tf.Tensor;
type Shapes = readonly (readonly number[])[];

const sizes = { inputs: 16, hidden: 16, kernel: 3 } as const;
const ragged = { inputs: 3, hidden: 5, kernel: 3 } as const;

const layers: readonly KernelCase[] = [
  layer(
    "attention over whole blocks",
    selfAttentionParameters(16),
    [[2, 3, 2, 16]],
    (p, [x]) => selfAttention(p, x!, { groups: 4, heads: 2 }),
  ),
  layer(
    "attention over no blocks",
    selfAttentionParameters(6),
    [[2, 2, 3, 6]],
    (p, [x]) => selfAttention(p, x!, { groups: 2, heads: 3 }),
  ),
  layer(
    "GroupNorm and SiLU",
    groupNormParameters(16),
    [[2, 3, 4, 16]],
    (p, [x]) => silu(groupNorm(p, x!, { groups: 4 })),
  ),
  layer(
    "GroupNorm with FiLM",
    groupNormParameters(12),
    [[2, 3, 2, 12], [2, 12], [2, 12]],
    (p, [x, scale, shift]) =>
      groupNorm(p, x!, { groups: 3, film: { scale: scale!, shift: shift! } }),
  ),
  layer("GroupNorm between convolutions", groupNormParameters(16), [
    [2, 3, 3, 16],
    [3, 3, 16, 16],
  ], (p, [x, w]) => convolved(groupNorm(p, convolved(x!, w!), { groups: 2 }), w!)),
  layer(
    "ConvGRU",
    convGruParameters(sizes),
    [[3, 2, 3, 4, 16]],
    (p, [clip]) => unrolledGru(p, clip!, 16),
  ),
  layer(
    "ConvGRU over no blocks",
    convGruParameters(ragged),
    [[3, 2, 3, 4, 3]],
    (p, [clip]) => unrolledGru(p, clip!, 5),
  ),
  layer(
    "LSTM",
    lstmCellParameters({ inputs: 4, hidden: 6 }),
    [[3, 2, 4]],
    (p, [steps]) => unrolledLstm(p, steps!, 6),
  ),
  layer("GRU", gruCellParameters({ inputs: 4, hidden: 6 }), [[3, 2, 4]], (p, [steps]) => {
    const start: tf.Tensor = tf.zeros([2, 6]);
    return tf.unstack(steps!).reduce((hidden, x) => gruCell(p, x, hidden), start);
  }),
  layer("LayerNorm and GELU", layerNormParameters(9), [[4, 9]], (p, [x]) => gelu(layerNorm(p, x!))),
  layer(
    "BatchNorm of a batch",
    batchNormParameters(16),
    [[3, 2, 3, 16]],
    (p, [x]) => batchNorm(p, x!, "batch_statistics").output,
  ),
];

for (const blockSize of [0, 8, 16] as const) {
  const title = blockSize === 0 ? "portable operators" : `blocks of ${blockSize}`;
  Deno.test(`gradients of composite layers, in ${title}, are the slopes of their values`, async () => {
    const engine = await createEngine({ backend: "onnx", threads: 1 });
    const failures: string[] = [];
    for (const kernelCase of layers) {
      const failure = await evaluatedFailure(kernelCase, blockSize);
      if (failure !== null) failures.push(failure);
    }
    engine.dispose();
    assert.equal(failures.length, 0, failures.join("\n"));
  });
}

/** Parameters and inputs alike are inputs of the case, and all are differentiated by. */
function layer(name: string, specs: ParameterSpecs, shapes: Shapes, run: Run): KernelCase {
  const names = Object.keys(specs);
  return {
    name,
    inputs: [
      // Not their first values: behind zeros nothing would have a gradient.
      ...names.map((key, salt) => scattered(specs[key]!.shape, { low: -0.6, high: 0.7, salt })),
      ...shapes.map((shape, salt) => scattered(shape, { salt: 50 + salt })),
    ],
    run: (...all) =>
      run(Object.fromEntries(names.map((key, i) => [key, all[i]!])), all.slice(names.length)),
    // Of the "cpu" backend's float32, through up to three steps of recurrence.
    tolerance: 2e-5,
  };
}

function convolved(x: tf.Tensor, w: tf.Tensor): tf.Tensor {
  return tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same");
}

/** The clip is `[step, batch, height, width, channel]`. */
function unrolledGru(parameters: Parameters, clip: tf.Tensor, channels: number): tf.Tensor {
  const [, batch = 0, height = 0, width = 0] = clip.shape;
  const start: tf.Tensor = tf.zeros([batch, height, width, channels]);
  return tf.unstack(clip).reduce((hidden, x) => convGru(parameters, x, hidden), start);
}

function unrolledLstm(parameters: Parameters, steps: tf.Tensor, width: number): tf.Tensor {
  const [, batch = 0] = steps.shape;
  const zeros: tf.Tensor = tf.zeros([batch, width]);
  const { hidden, cell } = tf.unstack(steps)
    .reduce((state, x) => lstmCell(parameters, x, state), { hidden: zeros, cell: zeros });
  return tf.concat([hidden, cell], 1);
}
