/** Drawings kept in a folder, so that a cached run need not load the drawing libraries again. */

import type { DrawingMemo } from "./render_report.ts";

/**
 * A memo of one file per drawing. The folder may be deleted at any time; it is made when needed.
 *
 * A file appears under its name only when it is complete, so a killed run leaves no half drawing.
 */
export function folderMemo(folder: string): DrawingMemo {
  return {
    async read(key) {
      try {
        return await Deno.readTextFile(pathOf(folder, key));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    async write(key, text) {
      await Deno.mkdir(folder, { recursive: true });
      const path = pathOf(folder, key);
      const unfinished = `${path}.${crypto.randomUUID()}.tmp`;
      await Deno.writeTextFile(unfinished, text);
      await Deno.rename(unfinished, path);
    },
  };
}

function pathOf(folder: string, key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw new TypeError(`Cannot keep a drawing: its key must be 64 hex digits, but is "${key}"`);
  }
  return `${folder}/${key}.svg.html`;
}
