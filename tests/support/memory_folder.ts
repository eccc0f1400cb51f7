/** A folder that is not on a disk. */

import type { OpenFolder } from "../../pipelines/stage.ts";

/** Files by path. */
export function memoryFolder(files: Readonly<Record<string, Uint8Array>>): OpenFolder {
  const bytesOf = (path: string) => {
    const bytes = files[path];
    if (bytes === undefined) throw new Error(`Cannot open "${path}": there is no such file`);
    return bytes;
  };
  return {
    paths: Object.keys(files).sort(),
    read: (path) => Promise.resolve(bytesOf(path).slice()),
    size: (path) => Promise.resolve(bytesOf(path).length),
  };
}
