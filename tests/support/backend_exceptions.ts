/** Where backends that are tested on request keep less than the whole contract, and why. */

import type { OptInBackend } from "./asked_backend.ts";
import type { KernelCase } from "./kernel_suite.ts";

interface Exception {
  /** Of the names of cases. */
  readonly cases: RegExp;
  /** Allowed error; absent: the case is left out. */
  readonly tolerance?: number;
  readonly why: string;
}

const exceptions: Readonly<Record<OptInBackend, readonly Exception[]>> = {
  webgpu: [
    { cases: /^tanh in/, tolerance: 1e-4, why: "WGSL bounds the error of tanh in absolute terms" },
    { cases: /^(asin|acos)\b/, tolerance: 2e-5, why: "WGSL's atan2 may be off by 4096 units" },
    { cases: /^conv3d: .*dilation \[.*[2-9]/, why: "dilation needs tensors of 8 axes" },
    { cases: /^(max|avg)Pool3d/, why: "its gradients are wrong, and refused" },
    { cases: /^rotateWithOffset/, why: "wrong, and refused" },
  ],
  cuda: [
    { cases: /^softmax/, tolerance: 1e-4, why: "its sums of gradients cancel in another order" },
    {
      cases: /^conv3d/,
      why: "oneDNN has no dilation there; TensorFlow pads strides above the filter otherwise",
    },
    { cases: /^sparseToDense/, why: "wants its indices sorted, and says so" },
    { cases: /^(max|avg)Pool: .*pad (\d|\[)/, why: "refuses padding in numbers" },
    {
      cases: /^depthwiseConv2d: .*(stride|dilation) \[(\d),(?!\2)/,
      why: "refuses unequal strides",
    },
    { cases: /^depthwiseConv2d: .*pad (\d|\[)/, why: "refuses padding in numbers" },
    {
      cases: /^conv2d: edge 3, size 1, stride 3/,
      why: "oneDNN knows no filter that sees padding only",
    },
    { cases: /^(maxPoolWithArgmax|rotateWithOffset)/, why: "not registered, and not composed" },
  ],
};

/** The cases that a backend must pass, with its own tolerances. */
export function casesFor(
  backend: OptInBackend,
  cases: readonly KernelCase[],
): readonly KernelCase[] {
  return cases.flatMap((kernelCase) => {
    const exception = exceptions[backend].find((each) => each.cases.test(kernelCase.name));
    if (!exception) return [kernelCase];
    const { tolerance } = exception;
    return tolerance === undefined ? [] : [{ ...kernelCase, tolerance }];
  });
}
