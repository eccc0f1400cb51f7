/**
 * All random numbers of the project.
 *
 * Every draw is a pure function of where it is drawn: key = seed, counter = (block, lane, step, stream).
 * So there is no state to save, a killed run continues with the same numbers, and with one lane per
 * sample a sample does not depend on how samples are batched.
 */

import { normalQuantile } from "./normal_quantile.ts";
import { multiplyHigh, philox4x32, type PhiloxKey } from "./philox.ts";

/**
 * What random numbers are for. Ids are frozen: another number gives other results.
 * Two purposes that share (seed, step, lane) never share a stream.
 */
export const Stream = {
  init: 0,
  dropout: 1,
  noise: 2,
  shuffle: 3,
  timestep: 4,
  sampling: 5,
  augmentation: 6,
  evaluation: 7,
  trajectory: 8,
  teacherForcing: 9,
  digits: 10,
  selection: 11,
  seed: 12,
  labelDropout: 13,
} as const;

export type StreamId = (typeof Stream)[keyof typeof Stream];

export interface Draw {
  /** 64 bits. */
  readonly seed: bigint;
  readonly stream: StreamId;
  /** Training step, epoch, sampler step: 0 <= step < 2^32. */
  readonly step: number;
  /** Index of the sample, 0 <= lane < 2^32; default 0. */
  readonly lane?: number;
}

/** Standard normals, float32: 24 bits through the inverse distribution function, |z| <= 5.42. */
export function normals(draw: Draw, count: number): Float32Array {
  const result = new Float32Array(count);
  fillWords(draw, count, (index, word) => {
    result[index] = normalQuantile(((word >>> 8) + 0.5) * 2 ** -24);
  });
  return result;
}

/** Uniform in the open interval (0, 1), float32. */
export function uniforms(draw: Draw, count: number): Float32Array {
  const result = new Float32Array(count);
  fillWords(draw, count, (index, word) => {
    // 23 bits: with 24, the largest value would round to 1 in float32.
    result[index] = ((word >>> 9) + 0.5) * 2 ** -23;
  });
  return result;
}

/**
 * Integers in [0, below), by multiplication: floor(word * below / 2^32).
 * Off from uniform by less than below / 2^32 in probability.
 */
export function integers(draw: Draw, count: number, below: number): Int32Array {
  requireWord("below", below, 2 ** 31);
  if (below === 0) throw new RangeError("Cannot draw integers below 0: the range is empty");
  const result = new Int32Array(count);
  fillWords(draw, count, (index, word) => {
    result[index] = multiplyHigh(word, below);
  });
  return result;
}

/**
 * A permutation of 0..n-1: Fisher-Yates from the top, the swap of place i from block i.
 *
 * Use `stream: Stream.shuffle, step: epoch` for the order of an epoch.
 */
export function permutation(draw: Draw, n: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, index) => index);
  const { key, lane } = locate(draw);
  const words = new Uint32Array(4);
  for (let i = n - 1; i >= 1; i--) {
    philox4x32([i, lane, draw.step, draw.stream], key, 10, words);
    const j = multiplyHigh(words[0]!, i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}

/** A seed for one purpose: independent of the seeds of other purposes, and of the seed itself. */
export function deriveSeed(seed: bigint, purpose: string): bigint {
  const { key } = locate({ seed, stream: Stream.seed, step: 0 });
  const hash = hashText(purpose);
  const low = Number(hash & 0xffffffffn);
  const high = Number(hash >> 32n);
  const words = philox4x32([low, high, purpose.length, Stream.seed], key);
  return (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
}

/** FNV-1a, 64 bits, over the text's UTF-8 bytes. */
function hashText(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

/** Calls `take` with `count` consecutive words: four of each block. */
function fillWords(draw: Draw, count: number, take: (index: number, word: number) => void): void {
  const { key, lane } = locate(draw);
  const words = new Uint32Array(4);
  for (let start = 0, block = 0; start < count; start += 4, block++) {
    philox4x32([block, lane, draw.step, draw.stream], key, 10, words);
    const end = Math.min(4, count - start);
    for (let i = 0; i < end; i++) take(start + i, words[i]!);
  }
}

function locate({ seed, step, lane = 0 }: Draw): { key: PhiloxKey; lane: number } {
  requireWord("step", step, 2 ** 32 - 1);
  requireWord("lane", lane, 2 ** 32 - 1);
  if (seed < 0n || seed >= 1n << 64n) {
    throw new RangeError(`Cannot draw random numbers: seed must be 64 bits unsigned, got ${seed}`);
  }
  return { key: [Number(seed & 0xffffffffn), Number(seed >> 32n)], lane };
}

function requireWord(name: string, value: number, largest: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return;
  throw new RangeError(
    `Cannot draw random numbers: ${name} must be an integer from 0 to ${largest}, got ${value}`,
  );
}
