/** Opening files that a config names, without letting it name any file of the machine. */

import { isAbsolute, relative, resolve } from "node:path";

export interface Confinement {
  /** Folder that no file may be outside of. */
  readonly projectFolder: string;
  /** Folder that relative paths start from. */
  readonly configFolder: string;
}

/**
 * Reads a file below the project folder; symbolic links count as what they point to.
 *
 * @throws {Error} When the path leads outside.
 */
export async function openConfined(path: string, confinement: Confinement): Promise<Uint8Array> {
  const project = await Deno.realPath(confinement.projectFolder);
  const wanted = resolve(confinement.configFolder, path);
  // Checked before touching the file too, so that errors do not tell what exists elsewhere.
  const isLexicallyInside = isInside(wanted, resolve(confinement.projectFolder)) ||
    isInside(wanted, project);
  if (!isLexicallyInside) throw outside(path);
  const real = await Deno.realPath(wanted);
  if (!isInside(real, project)) throw outside(path);
  return await Deno.readFile(real);
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}

function outside(path: string): Error {
  return new Error(`Cannot open "${path}": it must be inside the project, but it leads outside`);
}
