/** The files of a folder that a parameter names. */

import { isOutside, realPath } from "../config/real_path.ts";

export interface FolderFile {
  /** Relative to the folder, with "/" between its parts. */
  readonly path: string;
  /** Where its bytes are: links are resolved. */
  readonly absolute: string;
}

/** What a folder may cost: a config must not make the planner read a whole disk. */
export const folderLimits = { files: 250_000, depth: 16 } as const;

/**
 * Lists all files below `folder`, by path in code-unit order; names that begin with a dot are left out,
 * they are notes of file managers.
 *
 * @param folder Real path of a folder in the project.
 * @throws {Error} When a link leads out of the project or to a folder, something is neither file nor
 * folder, or a limit is exceeded.
 */
export async function listFolder(
  folder: string,
  projectFolder: string,
): Promise<readonly FolderFile[]> {
  const files: FolderFile[] = [];
  await collect("", 1);
  return files.sort((a, b) => a.path < b.path ? -1 : 1);

  async function collect(prefix: string, depth: number): Promise<void> {
    if (depth > folderLimits.depth) {
      throw refusal(prefix, `it must be at most ${folderLimits.depth} folders deep`);
    }
    for (const entry of Deno.readDirSync(`${folder}/${prefix}`)) {
      if (entry.name.startsWith(".")) continue;
      const path = prefix + entry.name;
      if (entry.isDirectory) await collect(`${path}/`, depth + 1);
      else files.push({ path, absolute: await locate(path, entry) });
      if (files.length > folderLimits.files) {
        throw refusal(path, `there must be at most ${folderLimits.files} files`);
      }
    }
  }

  async function locate(path: string, entry: Deno.DirEntry): Promise<string> {
    const own = `${folder}/${path}`;
    if (entry.isFile) return own;
    if (!entry.isSymlink) throw refusal(path, "it must be a file or a folder");
    const real = await realPath(own);
    if (real === undefined) throw refusal(path, "the link must lead to a file");
    // Checked before anything else is said about it, so that errors do not tell what exists elsewhere.
    if (isOutside(projectFolder, real)) throw refusal(path, "the link must not leave the project");
    // By its own path: a worker may read the folder, but not what its links lead to.
    if (!(await Deno.stat(own)).isFile) throw refusal(path, "the link must lead to a file");
    return real;
  }

  function refusal(path: string, rule: string): Error {
    const name = folder.slice(folder.lastIndexOf("/") + 1);
    return new Error(`Cannot use folder "${name}": "${path}": ${rule}`);
  }
}
