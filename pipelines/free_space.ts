/** Room on a disk. */

import { statfsSync } from "node:fs";

/** Bytes that may still be written below `folder`; undefined where nobody may ask. */
export function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch (error) {
    // A stage's process has no permission to ask, and a file system may have no answer.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
