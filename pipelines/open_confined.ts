/** Opening files and folders that a config names, without letting it name any file of the machine. */

import { isAbsolute, relative, resolve } from "node:path";
import { listFolder } from "./list_folder.ts";
import type { OpenFolder } from "./stage.ts";

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
  return await Deno.readFile((await locate(path, confinement)).real);
}

/**
 * Lists a folder below the project folder; links in it may lead to files of the project and nowhere else.
 *
 * @throws {Error} When the path or a link leads outside; see `listFolder`.
 */
export async function openConfinedFolder(
  path: string,
  confinement: Confinement,
): Promise<OpenFolder> {
  const { real, project } = await locate(path, confinement);
  const files = new Map(
    (await listFolder(real, project)).map((file) => [file.path, file.absolute]),
  );
  const absoluteOf = (wanted: string): string => {
    const absolute = files.get(wanted);
    if (absolute !== undefined) return absolute;
    throw new Error(`Cannot open "${wanted}": there is no such file in folder "${path}"`);
  };
  return {
    paths: [...files.keys()],
    read: async (wanted) => await Deno.readFile(absoluteOf(wanted)),
    size: async (wanted) => (await Deno.stat(absoluteOf(wanted))).size,
  };
}

async function locate(
  path: string,
  confinement: Confinement,
): Promise<{ readonly real: string; readonly project: string }> {
  const project = await Deno.realPath(confinement.projectFolder);
  const wanted = resolve(confinement.configFolder, path);
  // Checked before touching the file too, so that errors do not tell what exists elsewhere.
  const isLexicallyInside = isInside(wanted, resolve(confinement.projectFolder)) ||
    isInside(wanted, project);
  if (!isLexicallyInside) throw outside(path);
  const real = await Deno.realPath(wanted);
  if (!isInside(real, project)) throw outside(path);
  return { real, project };
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith("../") && !isAbsolute(way);
}

function outside(path: string): Error {
  return new Error(`Cannot open "${path}": it must be inside the project, but it leads outside`);
}
