/** Where a path really leads, and whether that is outside. */

import { isAbsolute, relative } from "node:path";

/** Whether a real path lies outside a real folder. */
export function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === ".." || way.startsWith("../") || isAbsolute(way);
}

/** The real path, or undefined when there is nothing at it. */
export async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    // NotADirectory: "a.yaml/b"; FilesystemLoop: links in a circle. Neither names a file.
    if (
      error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.FilesystemLoop
    ) return undefined;
    // Names too long for the system arrive as a plain error with the system's code.
    if (error instanceof Error && /ENAMETOOLONG|os error 36/.test(error.message)) return undefined;
    throw error;
  }
}
