/** The counter-based generator Philox4x32. */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** Four 32-bit words: block, lane, step, stream in this project. */
export type PhiloxCounter = readonly [number, number, number, number];
/** Two 32-bit words: low and high half of a seed. */
export type PhiloxKey = readonly [number, number];

/**
 * Philox4x32: four random words that depend on (counter, key) and on nothing else.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
 * https://doi.org/10.1145/2063384.2063405, section 3.3; tests hold it to Random123's known answers.
 * @param rounds 10 is the published default; 7 is the fewest that pass BigCrush.
 * @param out Receives the four words; given, so that a loop over blocks allocates nothing.
 */
export function philox4x32(
  counter: PhiloxCounter,
  key: PhiloxKey,
  rounds = 10,
  out: Uint32Array = new Uint32Array(4),
): Uint32Array {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/**
 * High 32 bits of the 64-bit product of two unsigned 32-bit words.
 *
 * By 16-bit halves: a double holds 53 bits exactly, so the product itself would be rounded.
 */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  // aLow * bHigh + (middle mod 2^16) < 2^32: nothing overflows a double or `>>> 16`.
  const low = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + (low >>> 16)) >>> 0;
}
