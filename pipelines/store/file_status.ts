/**
 * What the file system says about a file without reading it: enough to know that bytes which were
 * good are still the same.
 */

/** Inode, size, and times of the last change of content and of status. */
export interface FileStatus {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Changes whenever the content does, and cannot be set back by a program. */
  readonly ctimeMs: number;
}

/**
 * A change within the same tick of the clock leaves a status as it was, so a status counts as proof
 * only when it was taken this long after the file last changed. (Deno tells ctime in whole seconds.)
 */
const RACY_MS = 2000;

/** The status of a file, or undefined when there is no file. */
export function statusOf(path: string): FileStatus | undefined {
  try {
    const { isFile, ino, size, mtime, ctime } = Deno.lstatSync(path);
    if (!isFile) return undefined;
    return {
      ino: ino ?? 0,
      size,
      mtimeMs: mtime?.getTime() ?? 0,
      ctimeMs: ctime?.getTime() ?? 0,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}

/** Whether two statuses are of the same, unchanged file. */
export function isSameStatus(a: FileStatus, b: FileStatus): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs &&
    a.ctimeMs === b.ctimeMs;
}

/** Whether a status taken at `nowMs`, by the file system's clock, proves anything about later changes. */
export function isSettled(status: FileStatus, nowMs: number): boolean {
  return nowMs - Math.max(status.ctimeMs, status.mtimeMs) >= RACY_MS;
}
