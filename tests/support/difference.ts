import type { HostTensor } from "./host_tensor.ts";

/**
 * How `found` differs from `expected`, or null when it does not.
 *
 * Floats: the largest |found - expected| may be `tolerance` times the largest finite |expected|
 * (not of each element: what cancels to nearly zero has the rounding errors of its terms), and NaN
 * and infinities must stand in the same places. Integers and booleans must be equal.
 */
export function difference(
  found: HostTensor,
  expected: HostTensor,
  tolerance: number,
): string | null {
  if (found.dtype !== expected.dtype) return `dtype ${found.dtype}, expected ${expected.dtype}`;
  if (String(found.shape) !== String(expected.shape)) {
    return `shape [${found.shape}], expected [${expected.shape}]`;
  }
  if (found.data.length !== expected.data.length) {
    return `${found.data.length} values, expected ${expected.data.length}`;
  }
  const worst = worstElement(found, expected);
  const limit = expected.dtype === "float32" ? tolerance : 0;
  if (worst.error <= limit) return null;
  return `${worst.error.toExponential(1)} relative (limit ${limit.toExponential(0)}) at element ` +
    `${worst.index} of [${expected.shape}]: ${found.data[worst.index]}, ` +
    `expected ${expected.data[worst.index]}`;
}

function worstElement(found: HostTensor, expected: HostTensor): { index: number; error: number } {
  const scale = magnitude(expected);
  let worst = { index: 0, error: 0 };
  for (let index = 0; index < expected.data.length; index++) {
    const error = elementError(found.data[index]!, expected.data[index]!) / scale;
    if (!(error <= worst.error)) worst = { index, error };
  }
  return worst;
}

function elementError(found: number, expected: number): number {
  if (Object.is(found, expected) || found === expected) return 0;
  if (Number.isFinite(found) && Number.isFinite(expected)) return Math.abs(found - expected);
  return Number.isNaN(found) && Number.isNaN(expected) ? 0 : Infinity;
}

/** Never below 1e-3, so that results that should vanish may have the noise of float32. */
function magnitude({ data }: HostTensor): number {
  let largest = 1e-3;
  for (const value of data) {
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}
