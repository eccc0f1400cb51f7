/** A second name for a file, or a copy of it where a second name cannot be had. */

import { dirname } from "node:path";

/** Makes the folders of `to`; that `to` is there already is no error. */
export function linkOrCopy(from: string, to: string): void {
  Deno.mkdirSync(dirname(to), { recursive: true });
  try {
    Deno.linkSync(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    const isImpossible = error instanceof Deno.errors.NotSupported ||
      error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
    if (!isImpossible) throw error;
    Deno.copyFileSync(from, to);
  }
}
