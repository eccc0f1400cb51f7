/** Drawings of charts kept in the store's folder, so that a report of a cached run need not draw. */

import { digestOf } from "../pipelines/key/digest.ts";
import { writeDurably } from "../pipelines/store/durable_file.ts";
import { StoreError } from "../pipelines/store/store.ts";
import type { DrawingMemo } from "../report/render_report.ts";

/** A memo in `<store>/drawings`; anything in it may be deleted at any time. */
export function drawingMemo(store: string): DrawingMemo {
  const folder = `${store}/drawings`;
  return {
    async read(key) {
      try {
        return textOf(await Deno.readTextFile(`${folder}/${key}.svg`));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    write(key, text) {
      const path = `${folder}/${key}.svg`;
      const bytes = new TextEncoder().encode(text + commentOf(text));
      try {
        writeDurably(path, bytes, { temporary: `${store}/tmp`, isFlushed: false });
      } catch (error) {
        // A report does not need the memo.
        if (!(error instanceof StoreError)) throw error;
      }
      return Promise.resolve();
    },
  };
}

/** `<!--sha256 and 64 digits-->` and a line feed: still an image that anyone can look at. */
function commentOf(text: string): string {
  return `<!--sha256 ${digestOf(text)}-->\n`;
}

const COMMENT_LENGTH = commentOf("").length;

/** The drawing of a file; undefined when it is damaged, and then it is drawn again. */
function textOf(file: string): string | undefined {
  const text = file.slice(0, -COMMENT_LENGTH);
  return file === text + commentOf(text) ? text : undefined;
}
