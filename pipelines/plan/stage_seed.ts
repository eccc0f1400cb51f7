/** The key of all random numbers of a stage. */

import type { Json } from "../../artifacts/weights.ts";
import { canonicalJson } from "../key/canonical_json.ts";
import { digestOf } from "../key/digest.ts";

/**
 * 64 bits from the run's seed, the stage's id and its parameter `seed`, if it has one: the first
 * eight bytes of a sha256. Two stages of one id with equal parameters draw equal numbers: that is what
 * lets the second be cached, whatever it is called.
 */
export function stageSeed(runSeed: number, stageId: string, seedParam: Json | undefined): bigint {
  const text = canonicalJson({ run: runSeed, stage: stageId, seed: seedParam ?? null });
  return BigInt(`0x${digestOf(text).slice(0, 16)}`);
}
