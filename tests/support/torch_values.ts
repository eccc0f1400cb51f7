import * as z from "zod";
import type { HostTensor } from "./host_tensor.ts";
import { sizeOf } from "./host_tensor.ts";

/** What PyTorch computed for one tensor: some of its elements, and two sums over all of them. */
const summarySchema = z.strictObject({
  shape: z.array(z.int()),
  step: z.int().positive(),
  samples: z.string().transform((text) => text.split(" ").map(Number)),
  sum: z.number(),
  sumOfSquares: z.number(),
});

const caseSchema = z.strictObject({
  parameters: z.looseObject({ kind: z.string() }),
  inputs: z.array(z.strictObject({
    name: z.string(),
    shape: z.array(z.int()),
    scale: z.number(),
    salt: z.number(),
  })),
  /** "value", and the gradient of sum(value * cotangent) by the name of each input. */
  outputs: z.record(z.string(), summarySchema),
});

const fileSchema = z.strictObject({ madeBy: z.string(), cases: z.record(z.string(), caseSchema) });

export type Summary = z.infer<typeof summarySchema>;
export type TorchCase = z.infer<typeof caseSchema>;

/** Reads tests/<room>/torch_values/<family>.json, made by bench/peers/torch/make_*values.py. */
export async function readTorchValues(family: string, room: "engine" | "models" = "engine") {
  const url = new URL(`../${room}/torch_values/${family}.json`, import.meta.url);
  return fileSchema.parse(JSON.parse(await Deno.readTextFile(url)));
}

/** Salt of the cotangent in every case. */
export const cotangentSalt = 100;

/** The formula of make_values.py: scale * sin(0.37 * (i * i mod 1009) + salt), in float32. */
export function waves(shape: readonly number[], salt: number, scale = 1): HostTensor {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => scale * Math.sin(0.37 * (i * i % 1009) + salt),
  );
  return { shape, dtype: "float32", data };
}

/**
 * How a tensor differs from PyTorch's, or null. Elements may be off by `tolerance` times the
 * largest sample; both sums by what that allows for all elements together.
 */
export function differenceFromTorch(
  found: HostTensor,
  { shape, step, samples, sum, sumOfSquares }: Summary,
  tolerance: number,
): string | null {
  if (String(found.shape) !== String(shape)) return `shape [${found.shape}], expected [${shape}]`;
  const count = sizeOf(shape);
  const limit = tolerance * Math.max(1e-3, ...samples.map(Math.abs));
  for (const [i, expected] of samples.entries()) {
    const value = found.data[i * step]!;
    if (!(Math.abs(value - expected) <= limit)) {
      return `element ${i * step} is ${value}, expected ${expected} within ${limit}`;
    }
  }
  const sums = { sum: 0, sumOfSquares: 0 };
  for (const value of found.data) {
    sums.sum += value;
    sums.sumOfSquares += value * value;
  }
  if (!(Math.abs(sums.sum - sum) <= limit * count)) return `sum ${sums.sum}, expected ${sum}`;
  // d(v²) = 2 v dv, summed by Cauchy-Schwarz.
  const squaresLimit = 2 * limit * Math.sqrt(count * sumOfSquares) + limit * limit * count;
  if (!(Math.abs(sums.sumOfSquares - sumOfSquares) <= squaresLimit)) {
    return `sum of squares ${sums.sumOfSquares}, expected ${sumOfSquares}`;
  }
  return null;
}
