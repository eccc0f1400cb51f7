/** Remembering when a file was used last, in its modification time. */

/**
 * Sets the time of a file to `nowMs`.
 *
 * @returns False when the file is gone. Where it may not be changed, nobody remembers its use.
 */
export function touch(path: string, nowMs: number): boolean {
  try {
    Deno.utimeSync(path, new Date(nowMs), new Date(nowMs));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Error) return true;
    throw error;
  }
}
