/** The file of an action: JSON that proves itself, so that a damaged record is never believed. */

import { z } from "zod";
import { stableJsonText } from "../../artifacts/stable_json.ts";
import { digestOf } from "../key/digest.ts";
import type { Action } from "./store.ts";

/** Text of an action with its own digest beside it. */
export function encodeAction(action: Action): Uint8Array {
  const text = stableJsonText(action);
  return new TextEncoder().encode(`{"action":${text},"sha256":"${digestOf(text)}"}\n`);
}

/**
 * Reads an action.
 *
 * @throws {SyntaxError} When the record was changed, cut off, or is another key's.
 */
export function decodeAction(key: string, text: string): Action {
  const match = /^\{"action":(.*),"sha256":"([0-9a-f]{64})"\}\n$/s.exec(text);
  const body = match?.[1];
  if (body === undefined) throw damaged(key, "it is not a whole record");
  const found = digestOf(body);
  if (found !== match?.[2]) {
    throw damaged(key, `its digest must be ${match?.[2]}, but it is ${found}`);
  }
  // zod would leave the field out. Within a string the quote behind it is escaped.
  if (body.includes('"__proto__":')) throw damaged(key, 'it has a field "__proto__"');
  const parsed = parseBody(key, body);
  if (!parsed.success) throw damaged(key, z.prettifyError(parsed.error));
  const action: Action = parsed.data;
  if (action.key !== key) throw damaged(key, `it belongs to key ${action.key}`);
  return action;
}

function parseBody(key: string, body: string) {
  try {
    return actionSchema.safeParse(JSON.parse(body));
  } catch (error) {
    // Checking recurses; reading JSON does not.
    if (error instanceof RangeError) throw damaged(key, "it nests too deep");
    throw error;
  }
}

function damaged(key: string, reason: string): SyntaxError {
  return new SyntaxError(`Cannot read the record of key ${key}: ${reason}`);
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);

/** File names are checked, because a record may come from another machine. */
const fileSchema = z.strictObject({
  path: z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/),
  size: z.int().nonnegative(),
  sha256: hex,
});

/** Also what a job hands to its worker. */
export const artifactSchema = z.strictObject({
  kind: z.enum([
    "clips",
    "curves",
    "feature_extractor",
    "feature_stats",
    "images",
    "media",
    "scores",
    "weights",
  ]),
  kindVersion: z.int().positive(),
  digest: hex,
  bytes: z.int().nonnegative(),
  files: z.array(fileSchema),
});

const actionSchema = z.strictObject({
  format: z.literal(1),
  key: hex,
  document: z.json(),
  stage: z.string(),
  outputs: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/), artifactSchema),
  log: hex.exactOptional(),
  warnings: z.array(z.string()),
  seconds: z.number().nonnegative(),
  finishedAt: z.string(),
  provenance: z.record(z.string(), z.string()),
});
