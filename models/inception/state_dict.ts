/** The published weights, as PyTorch names them, in the form that the network here computes with. */

import { inceptionPath } from "./architecture.ts";
import { forEachConv } from "./run_path.ts";

/** A tensor outside any tensor library: float32, row major. */
interface HostArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type HostArrays = Readonly<Record<string, HostArray>>;

/** Added to variances; torchvision's inception_v3, and TensorFlow's. */
const EPSILON = 0.001;
const CLASSES = 1008;
/** Offenders that an error names. */
const NAMED = 5;

/**
 * Folds the batch normalisation of each convolution into its filter and a bias:
 * w' = w γ / √(σ² + 0.001), b' = β − μ γ / √(σ² + 0.001), in float64, then rounded.
 *
 * Tensors of the input: `<conv>.conv.weight [outputs, inputs, height, width]`, `<conv>.bn.{weight, bias,
 * running_mean, running_var} [outputs]`; the classifier `fc.{weight, bias}` is checked and left out, since
 * the distance is between features; `<conv>.bn.num_batches_tracked`, where there is one, is left out.
 * @returns `<conv>.kernel [height, width, inputs, outputs]` and `<conv>.bias [outputs]`.
 * @throws {Error} Naming tensors that are missing, superfluous or of another shape.
 */
export function inceptionFromStateDict(tensors: HostArrays): HostArrays {
  const expected = expectedShapes();
  requireExactly(expected, tensors);
  const folded: [string, HostArray][] = [];
  forEachConv(inceptionPath(2048), 3, ({ name }) => {
    const { kernel, bias } = fold(name, tensors);
    folded.push([`${name}.kernel`, kernel], [`${name}.bias`, bias]);
  });
  return Object.fromEntries(folded);
}

/** Every tensor of the file and its shape. */
export function expectedShapes(): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const features = forEachConv(inceptionPath(2048), 3, ({ name, kernel, outputs }, inputs) => {
    shapes.set(`${name}.conv.weight`, [outputs, inputs, ...kernel]);
    for (const part of ["weight", "bias", "running_mean", "running_var"]) {
      shapes.set(`${name}.bn.${part}`, [outputs]);
    }
  });
  shapes.set("fc.weight", [CLASSES, features]);
  shapes.set("fc.bias", [CLASSES]);
  return shapes;
}

function requireExactly(
  expected: ReadonlyMap<string, readonly number[]>,
  tensors: HostArrays,
): void {
  const names = Object.keys(tensors);
  const missing = [...expected.keys()].filter((name) => tensors[name] === undefined);
  const superfluous = names.filter((name) =>
    !expected.has(name) &&
    !(name.endsWith(".bn.num_batches_tracked") &&
      expected.has(name.replace(/num_batches_tracked$/, "weight")))
  );
  const misshapen = [...expected].filter(([name, shape]) => {
    const found = tensors[name]?.shape;
    return found !== undefined && found.join() !== shape.join();
  }).map(([name, shape]) => `${name} [${tensors[name]!.shape}] instead of [${shape}]`);
  const problems = [
    ["are missing", missing],
    ["do not belong", superfluous],
    ["have another shape", misshapen],
  ] as const;
  for (const [what, offenders] of problems) {
    if (offenders.length === 0) continue;
    const listed = offenders.slice(0, NAMED).join(", ");
    const more = offenders.length > NAMED ? ` and ${offenders.length - NAMED} more` : "";
    throw new Error(
      `Cannot use the weights as Inception-v3: of its ${expected.size} tensors, these ${what}: ` +
        listed + more,
    );
  }
}

function fold(name: string, tensors: HostArrays): { kernel: HostArray; bias: HostArray } {
  const part = (suffix: string) => tensors[`${name}.${suffix}`]!;
  const { shape, data: weight } = part("conv.weight");
  const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
  const [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
    .map((suffix) => part(`bn.${suffix}`).data);
  const scales = Float64Array.from(
    gamma!,
    (value, i) => value / Math.sqrt(variance![i]! + EPSILON),
  );
  const bias = Float32Array.from(beta!, (value, i) => value - mean![i]! * scales[i]!);
  const kernel = new Float32Array(weight.length);
  const taps = height * width;
  // [output, input, tap] -> [tap, input, output]
  for (let output = 0; output < outputs; output++) {
    const scale = scales[output]!;
    for (let input = 0; input < inputs; input++) {
      const from = (output * inputs + input) * taps;
      for (let tap = 0; tap < taps; tap++) {
        kernel[(tap * inputs + input) * outputs + output] = weight[from + tap]! * scale;
      }
    }
  }
  return {
    kernel: { shape: [height, width, inputs, outputs], data: kernel },
    bias: { shape: [outputs], data: bias },
  };
}
