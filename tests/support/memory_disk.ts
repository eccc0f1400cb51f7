/** A disk of its own in memory, where this process may mount one. */

import { withFolder } from "./tiny_run.ts";

/**
 * Runs `use` with an empty file system of so many bytes.
 *
 * @param use Told whether it is one: elsewhere it gets a folder of the usual disk.
 */
export function withMemoryDisk<Value>(
  bytes: number,
  use: (folder: string, isMounted: boolean) => Promise<Value>,
): Promise<Value> {
  return withFolder(async (outer) => {
    const folder = `${outer}/disk`;
    await Deno.mkdir(folder);
    const isMounted = await tool("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder);
    try {
      return await use(folder, isMounted);
    } finally {
      if (isMounted) await tool("umount", "-l", folder);
    }
  });
}

async function tool(name: string, ...args: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args: [...args], stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
