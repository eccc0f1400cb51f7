/** The clock that file times are in. */

import { asStoreError, removeIfThere } from "./durable_file.ts";
import { statusOf } from "./file_status.ts";

/** Now by the clock of the file system that holds `folder`; 0 where nothing can be written. */
export function clockMs(folder: string): number {
  const probe = `${folder}/clock-${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(probe, "");
    const nowMs = statusOf(probe)?.mtimeMs ?? 0;
    removeIfThere(probe);
    return nowMs;
  } catch (error) {
    if (asStoreError(error, "") !== error || error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * A clock that goes like that of the file system that holds `folder`, whatever this machine's clock
 * says; read from there once, when it is first asked.
 */
export function fileClock(folder: string): () => number {
  let aheadMs: number | undefined;
  return () => {
    if (aheadMs === undefined) {
      const nowMs = clockMs(folder);
      aheadMs = nowMs === 0 ? 0 : nowMs - Date.now();
    }
    return Date.now() + aheadMs;
  };
}
