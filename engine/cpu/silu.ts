import { defineCpuKernel } from "./define_cpu_kernel.ts";

/**
 * SiLU in one pass: `x * sigmoid(x) = x / (1 + exp(-x))`, elementwise on float32 of any shape.
 *
 * A kernel of this project, not of tfjs: `models/layers` calls it through `engine().runKernel` with
 * input `x` and supplies its gradient with `tf.customGrad`. Source: Hendrycks and Gimpel 2016,
 * https://arxiv.org/abs/1606.08415.
 */
export const silu = defineCpuKernel("Silu", (call) => {
  const x = call.input("x");
  return call.output(x.shape, call.float32(x).map((value) => value / (1 + Math.exp(-value))));
});
