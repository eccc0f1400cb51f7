import { BroadcastTo, type BroadCastToAttrs, type BroadcastToInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

export const broadcastTo = defineKernel<BroadcastToInputs, BroadCastToAttrs>(
  BroadcastTo,
  ["x"],
  ({ trace, inputs: { x }, attrs: { shape } }) => trace.stretch(x, shape),
);
