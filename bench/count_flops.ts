import * as tf from "@tensorflow/tfjs-core";

/** Kernels that do nearly all arithmetic, and how many multiply-adds each call is. */
const counted: Readonly<Record<string, (shapes: Shapes, attrs: tf.NamedAttrMap) => number>> = {
  [tf.Conv2D]: ({ filter, output }) => sizeOf(output) * windowOf(filter),
  [tf.Conv2DBackpropInput]: ({ dy, filter }) => sizeOf(dy) * windowOf(filter),
  [tf.Conv2DBackpropFilter]: ({ dy, output }) => sizeOf(dy) * windowOf(output),
  [tf.Conv3D]: ({ filter, output }) => sizeOf(output) * windowOf(filter),
  [tf.Conv3DBackpropInputV2]: ({ dy, filter }) => sizeOf(dy) * windowOf(filter),
  [tf.Conv3DBackpropFilterV2]: ({ dy, output }) => sizeOf(dy) * windowOf(output),
  [tf.BatchMatMul]: ({ a, output }, { transposeA }) =>
    sizeOf(output) * (a?.at(transposeA ? -2 : -1) ?? 1),
};

type Shape = readonly number[];
type Shapes = Readonly<Record<string, Shape | undefined>>;

/**
 * Counts the floating-point operations of convolutions and matrix products that `run` records: two
 * for each multiply-add, gradients included, padding included, elementwise work not.
 */
export async function countFlops(
  backendName: string,
  run: () => Promise<unknown>,
): Promise<number> {
  let flops = 0;
  const originals = Object.keys(counted).map((name) => tf.getKernel(name, backendName));
  for (const original of originals) {
    replace({
      ...original,
      kernelFunc: (params) => {
        const output = original.kernelFunc(params);
        const shapes = {
          ...shapesOf(params.inputs),
          output: Array.isArray(output) ? undefined : output.shape,
        };
        flops += 2 * counted[original.kernelName]!(shapes, params.attrs ?? {});
        return output;
      },
    });
  }
  try {
    await run();
  } finally {
    originals.forEach(replace);
  }
  return flops;
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}

function shapesOf(inputs: tf.NamedTensorInfoMap): Record<string, Shape | undefined> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input?.shape]));
}

/** Multiply-adds for one output element: filter (depth *) height * width * input channels. */
function windowOf(filter: Shape | undefined): number {
  return sizeOf(filter?.slice(0, -1));
}

function sizeOf(shape: Shape | undefined): number {
  return (shape ?? []).reduce((product, length) => product * length, 1);
}
