import { backend_util, Concat, type ConcatAttrs, util } from "@tensorflow/tfjs-core";
import { defineListKernel } from "../define_kernel.ts";
import { concatenate } from "../lower/concat.ts";

export const concat = defineListKernel<ConcatAttrs>(
  Concat,
  ({ trace, inputs, attrs: { axis } }) => {
    const [along = 0] = util.parseAxisParam(axis, [...inputs[0]?.shape ?? []]);
    backend_util.assertParamsConsistent(inputs.map((x) => [...x.shape]), along);
    return concatenate(trace, inputs, along);
  },
);
