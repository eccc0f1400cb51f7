/** Kernels that keep the elements where they are. */

import * as tfjs from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";

export const identity = defineKernel<tfjs.IdentityInputs>(
  tfjs.Identity,
  ["x"],
  ({ inputs: { x } }) => x,
);

export const reshape = defineKernel<tfjs.ReshapeInputs, tfjs.ReshapeAttrs>(
  tfjs.Reshape,
  ["x"],
  ({ trace, inputs: { x }, attrs: { shape } }) =>
    trace.withShape(x, tfjs.util.inferFromImplicitShape(shape, sizeOf(x.shape))),
);

export const expandDims = defineKernel<tfjs.ExpandDimsInputs, tfjs.ExpandDimsAttrs>(
  tfjs.ExpandDims,
  ["input"],
  ({ trace, inputs: { input }, attrs: { dim } }) => {
    const position = dim < 0 ? input.shape.length + 1 + dim : dim;
    return trace.withShape(input, input.shape.toSpliced(position, 0, 1));
  },
);
