/**
 * A file that asks a worker to stop.
 *
 * A stage that computes without a pause gets no message from its input, but it can look for a file each
 * time it tells its progress.
 */

/** Its path, beside the job file; it exists once the worker is to stop. */
export function stopFileOf(jobFile: string): string {
  return `${jobFile}.stop`;
}
