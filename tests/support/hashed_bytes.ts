/** How much content a piece of work hashes. */

import { createHash } from "node:crypto";

/**
 * Bytes that `use` feeds into `node:crypto`'s hashes in this process. Text does not count: keys and
 * records are text, content is bytes.
 */
export async function hashedBytesOf(use: () => Promise<unknown>): Promise<number> {
  const prototype = Object.getPrototypeOf(createHash("sha256"));
  const original = prototype.update;
  let bytes = 0;
  prototype.update = function (content: unknown, ...more: unknown[]) {
    if (content instanceof Uint8Array) bytes += content.length;
    return original.call(this, content, ...more);
  };
  try {
    await use();
  } finally {
    prototype.update = original;
  }
  return bytes;
}
