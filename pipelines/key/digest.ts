/** sha256 digests and cache keys: branded, so that one is never passed for the other. */

import { createHash } from "node:crypto";

declare const digestBrand: unique symbol;
declare const cacheKeyBrand: unique symbol;

/** sha256 of some content: 64 lower-case hex characters. */
export type Digest = string & { readonly [digestBrand]: true };

/** sha256 of a stage's key document: 64 lower-case hex characters. */
export type CacheKey = string & { readonly [cacheKeyBrand]: true };

/** sha256 of bytes, or of text as UTF-8. node:crypto uses the CPU's SHA instructions. */
export function digestOf(content: Uint8Array | string): Digest {
  return createHash("sha256").update(content).digest("hex") as Digest;
}

/** sha256 of a file, read in pieces. @throws {Deno.errors.NotFound} When there is none. */
export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  using file = await Deno.open(path, { read: true });
  const piece = new Uint8Array(1 << 20);
  for (let count = await file.read(piece); count !== null; count = await file.read(piece)) {
    hash.update(piece.subarray(0, count));
  }
  return hash.digest("hex") as Digest;
}

const PIECE_BYTES = 2 ** 20;

/** sha256 of a file, without a pause. @throws {Deno.errors.NotFound} When there is none. */
export function digestOfFileSync(path: string): Digest {
  using file = Deno.openSync(path, { read: true });
  const { size } = file.statSync();
  const hash = createHash("sha256");
  const piece = new Uint8Array(Math.min(PIECE_BYTES, size + 1));
  for (let count = file.readSync(piece); count !== null; count = file.readSync(piece)) {
    hash.update(piece.subarray(0, count));
  }
  return hash.digest("hex") as Digest;
}

/** @throws {TypeError} When the text is not 64 lower-case hex characters. */
export function parseDigest(text: string): Digest {
  requireHex(text, "digest");
  return text as Digest;
}

/** @throws {TypeError} When the text is not 64 lower-case hex characters. */
export function parseCacheKey(text: string): CacheKey {
  requireHex(text, "cache key");
  return text as CacheKey;
}

/** The first six characters, for people. */
export function short(hex: Digest | CacheKey): string {
  return hex.slice(0, 6);
}

function requireHex(text: string, what: string): void {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new TypeError(
      `Cannot read ${what}: it must be 64 lower-case hex characters, but is ${
        JSON.stringify(text)
      }`,
    );
  }
}
