import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "../../models/layers/conv2d.ts";
import { groupNorm, groupNormParameters } from "../../models/layers/group_norm.ts";
import { linear, linearParameters } from "../../models/layers/linear.ts";
import { selfAttention, selfAttentionParameters } from "../../models/layers/self_attention.ts";
import { silu } from "../../models/layers/silu.ts";
import { timeEmbedding, timeEmbeddingParameters } from "../../models/layers/time_embedding.ts";
import { upsample } from "../../models/layers/upsample.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../../models/parameters.ts";
import { fixedValues, type Network } from "./network.ts";

export interface UnetSizes {
  /** Channels of each level, finest first; attention at the last. */
  readonly widths: readonly [number, ...number[]];
  /** Residual blocks of each level on the way down; one more on the way up. */
  readonly blocks: number;
  readonly groups: number;
  /** Width of the time embedding. */
  readonly embedding: number;
  readonly batch: number;
  /** Edge of an image. */
  readonly edge: number;
}

/** One step of the network's plan, so that declaring and running it cannot disagree. */
type Part =
  | { readonly kind: "block"; readonly name: string; readonly from: number; readonly to: number }
  | { readonly kind: "joined"; readonly name: string; readonly from: number; readonly to: number }
  | { readonly kind: "attention" | "down" | "up"; readonly name: string; readonly from: number }
  | { readonly kind: "keep" };

/** (b) DDPM U-Net: residual blocks with GroupNorm, attention at the coarsest scale. */
export function unet(sizes: UnetSizes): Network {
  const { widths, batch, edge } = sizes;
  const plan = makePlan(sizes);
  const shape = [batch, edge, edge, 3];
  return {
    id: "b",
    summary: `DDPM U-Net ${widths.join("/")}, GroupNorm, attention, ${shape.join("x")}`,
    specs: specs(plan, sizes),
    batch: {
      x: fixedValues(shape, 1),
      noise: fixedValues(shape, 2),
      times: { shape: [batch], data: Float32Array.from({ length: batch }, (_, i) => 17 * i) },
    },
    loss(parameters, batch) {
      const predicted = predictNoise(plan, sizes, parameters, batch);
      return tf.mean(tf.square(tf.sub(predicted, batch.noise!)));
    },
  };
}

/** One step of sampling with the network of (b): forward only. */
export function unetSampling(sizes: UnetSizes): Network {
  const { summary, ...network } = unet(sizes);
  const plan = makePlan(sizes);
  return {
    ...network,
    id: `b-sample-${sizes.batch}`,
    summary: `sampling, forward only: ${summary}`,
    forward: (parameters, batch) => predictNoise(plan, sizes, parameters, batch),
  };
}

function predictNoise(
  plan: readonly Part[],
  { widths, groups }: UnetSizes,
  parameters: Parameters,
  { x, times }: Parameters,
): tf.Tensor {
  const time = timeEmbedding(under(parameters, "time"), times!, { width: widths[0] });
  let h = conv2d(under(parameters, "in"), x!);
  const skips = [h];
  for (const part of plan) {
    if (part.kind === "keep") {
      skips.push(h);
      continue;
    }
    const own = under(parameters, part.name);
    if (part.kind === "block") h = block(own, h, time, groups);
    else if (part.kind === "joined") {
      h = block(own, tf.concat([h, skips.pop()!], 3), time, groups);
    } else if (part.kind === "attention") h = selfAttention(own, h, { groups, heads: 1 });
    else if (part.kind === "down") h = conv2d(own, h, 2);
    else h = conv2d(own, upsample(h));
  }
  return conv2d(
    under(parameters, "out"),
    silu(groupNorm(under(parameters, "outNorm"), h, { groups })),
  );
}

function makePlan({ widths, blocks }: UnetSizes): readonly Part[] {
  const parts: Part[] = [];
  const skips: number[] = [widths[0]];
  let from = widths[0];
  const keep = () => {
    parts.push({ kind: "keep" });
    skips.push(from);
  };
  widths.forEach((to, level) => {
    for (let i = 0; i < blocks; i++) {
      parts.push({ kind: "block", name: `down${level}.${i}`, from, to });
      from = to;
      if (level === widths.length - 1) {
        parts.push({ kind: "attention", name: `downAttention.${i}`, from });
      }
      keep();
    }
    if (level < widths.length - 1) {
      parts.push({ kind: "down", name: `shrink${level}`, from });
      keep();
    }
  });
  parts.push({ kind: "block", name: "middle.0", from, to: from });
  parts.push({ kind: "attention", name: "middleAttention", from });
  parts.push({ kind: "block", name: "middle.1", from, to: from });
  for (let level = widths.length - 1; level >= 0; level--) {
    const to = widths[level]!;
    for (let i = 0; i <= blocks; i++) {
      parts.push({ kind: "joined", name: `up${level}.${i}`, from: from + skips.pop()!, to });
      from = to;
      if (level === widths.length - 1) {
        parts.push({ kind: "attention", name: `upAttention.${i}`, from });
      }
    }
    if (level > 0) parts.push({ kind: "up", name: `grow${level}`, from });
  }
  return parts;
}

function specs(plan: readonly Part[], { widths, embedding }: UnetSizes): ParameterSpecs {
  const [first] = widths;
  const all: ParameterSpecs[] = [
    nest("time", timeEmbeddingParameters({ width: first, outputs: embedding })),
    nest("in", conv2dParameters({ inputs: 3, outputs: first, kernel: 3 })),
    nest("outNorm", groupNormParameters(first)),
    nest("out", conv2dParameters({ inputs: first, outputs: 3, kernel: 3 })),
  ];
  for (const part of plan) {
    if (part.kind === "keep") continue;
    all.push(nest(part.name, partSpecs(part, embedding)));
  }
  return Object.assign({}, ...all);
}

function partSpecs(part: Exclude<Part, { kind: "keep" }>, embedding: number): ParameterSpecs {
  switch (part.kind) {
    case "block":
    case "joined":
      return blockSpecs(part.from, part.to, embedding);
    case "attention":
      return selfAttentionParameters(part.from);
    case "down":
    case "up":
      return conv2dParameters({ inputs: part.from, outputs: part.from, kernel: 3 });
  }
}

function blockSpecs(from: number, to: number, embedding: number): ParameterSpecs {
  return {
    ...nest("norm1", groupNormParameters(from)),
    ...nest("conv1", conv2dParameters({ inputs: from, outputs: to, kernel: 3 })),
    ...nest("time", linearParameters({ inputs: embedding, outputs: to })),
    ...nest("norm2", groupNormParameters(to)),
    ...nest("conv2", conv2dParameters({ inputs: to, outputs: to, kernel: 3 })),
    ...(from === to
      ? {}
      : nest("shortcut", conv2dParameters({ inputs: from, outputs: to, kernel: 1 }))),
  };
}

/** The residual block of DDPM: the time embedding is added between the convolutions. */
function block(
  parameters: Parameters,
  input: tf.Tensor,
  time: tf.Tensor,
  groups: number,
): tf.Tensor {
  const first = silu(groupNorm(under(parameters, "norm1"), input, { groups }));
  const offset = linear(under(parameters, "time"), silu(time));
  const middle = tf.add(
    conv2d(under(parameters, "conv1"), first),
    tf.reshape(offset, [offset.shape[0]!, 1, 1, offset.shape[1]!]),
  );
  const second = silu(groupNorm(under(parameters, "norm2"), middle, { groups }));
  const branch = conv2d(under(parameters, "conv2"), second);
  const hasShortcut = parameters["shortcut.kernel"] !== undefined;
  return tf.add(branch, hasShortcut ? conv2d(under(parameters, "shortcut"), input) : input);
}
