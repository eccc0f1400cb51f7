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
