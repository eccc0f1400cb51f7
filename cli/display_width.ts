/** How wide text is on a terminal: neither its bytes nor its characters. */

import stringWidth from "string-width";

/** Columns that printable text takes: 2 for 漢 and for 🎞, 0 for what is drawn on the letter before. */
export function displayWidth(text: string): number {
  return stringWidth(text);
}

/** The longest beginning of printable text that fits into `columns`; whole letters only. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 0;
  let end = 0;
  for (const { segment, index } of new Intl.Segmenter().segment(text)) {
    width += displayWidth(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** Text with spaces behind it, so that what follows stands in one column. */
export function padToWidth(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}
