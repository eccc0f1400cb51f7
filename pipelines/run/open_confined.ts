/** Opening files and folders that parameters name, and nothing else of the machine. */

import { isOutside } from "../config/real_path.ts";
import type { Job } from "./job.ts";
import { limits } from "../config/limits.ts";
import { listFolder } from "../key/list_folder.ts";
import type { OpenFolder } from "../stage.ts";

/** What a stage may open: see `Job`. */
export type Confinement = Pick<Job, "projectFolder" | "files">;

/**
 * Reads a file that a parameter names.
 *
 * @throws {Error} When no parameter names it, or a link that took its place leads out of the project.
 */
export async function openConfined(path: string, confinement: Confinement): Promise<Uint8Array> {
  const file = await locate(path, confinement);
  const { isFile, size } = await Deno.stat(file);
  if (!isFile || size > limits.fileBytes) throw tooLarge(path, size);
  return await Deno.readFile(file);
}

/**
 * Lists a folder that a parameter names; links in it may lead to files of the project and nowhere else.
 *
 * @throws {Error} When no parameter names it, or it or a link leads outside; see `listFolder`.
 */
export async function openConfinedFolder(
  path: string,
  confinement: Confinement,
): Promise<OpenFolder> {
  const folder = await locate(path, confinement);
  const paths = (await listFolder(folder, confinement.projectFolder)).map((file) => file.path);
  const known = new Set(paths);
  const absoluteOf = (wanted: string): string => {
    if (known.has(wanted)) return `${folder}/${wanted}`;
    throw new Error(`Cannot open "${wanted}": there is no such file in folder "${path}"`);
  };
  return {
    paths,
    async read(wanted) {
      const file = absoluteOf(wanted);
      const { size } = await Deno.stat(file);
      if (size > limits.fileBytes) throw tooLarge(wanted, size);
      return await Deno.readFile(file);
    },
    size: async (wanted) => (await Deno.stat(absoluteOf(wanted))).size,
  };
}

function tooLarge(path: string, size: number): Error {
  return new Error(
    `Cannot open "${path}": it must be a file of at most ${limits.fileBytes} bytes, but has ${size}`,
  );
}

async function locate(path: string, { projectFolder, files }: Confinement): Promise<string> {
  const planned = files.find(({ written }) => written === path);
  if (planned === undefined) {
    throw new Error(`Cannot open "${path}": no parameter of this stage names it`);
  }
  const real = await Deno.realPath(planned.absolute);
  if (isOutside(projectFolder, real)) {
    throw new Error(`Cannot open "${path}": it must be inside the project, but it leads outside`);
  }
  return planned.absolute;
}
