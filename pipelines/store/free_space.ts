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

/** Adds to the message of a process that may not ask how much room there is. */
export function withFreeBytes(message: string, folder: string): string {
  const free = freeBytes(folder);
  if (free === undefined) return message;
  return message.replace(/(\(\d+ bytes needed)\)/, `$1, ${free} bytes free)`);
}
