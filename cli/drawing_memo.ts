/** Drawings of charts kept in the store's folder, so that a report of a cached run need not draw. */

import { removeIfThere, writeDurably } from "../pipelines/durable_file.ts";
import { StoreError } from "../pipelines/store.ts";
import type { DrawingMemo } from "../report/render_report.ts";

/** A memo in `<store>/drawings`; anything in it may be deleted at any time. */
export function drawingMemo(store: string): DrawingMemo {
  const folder = `${store}/drawings`;
  return {
    async read(key) {
      try {
        return await Deno.readTextFile(`${folder}/${key}.svg`);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    write(key, text) {
      const path = `${folder}/${key}.svg`;
      try {
        const options = { temporary: `${store}/tmp`, isFlushed: false };
        writeDurably(path, new TextEncoder().encode(text), options);
      } catch (error) {
        // A report does not need the memo.
        if (!(error instanceof StoreError)) throw error;
        removeIfThere(path);
      }
      return Promise.resolve();
    },
  };
}
