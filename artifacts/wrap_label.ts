/** Breaking a label into lines of a given width. */

import { textWidth } from "./bitmap_font.ts";

export interface LabelStyle {
  /** Enlargement of the letters. */
  readonly scale: number;
  readonly maxLines: number;
}

/** Breaks at spaces and after hyphens; what does not fit `width` pixels or the lines ends in "..". */
export function wrapLabel(label: string, width: number, style: LabelStyle): string[] {
  const lines: string[] = [];
  for (const piece of label.trim().split(/(?<=-)|(?<=\s)/)) {
    const joined = `${lines.at(-1) ?? ""}${piece}`;
    if (lines.length > 0 && textWidth(joined.trimEnd()) * style.scale <= width) {
      lines[lines.length - 1] = joined;
    } else lines.push(piece);
  }
  const cut = lines.slice(0, style.maxLines).map((line) => line.trimEnd());
  if (lines.length > style.maxLines) cut[style.maxLines - 1] += "..";
  return cut.map((line) => shorten(line, width, style.scale));
}

function shorten(line: string, width: number, scale: number): string {
  if (textWidth(line) * scale <= width) return line;
  let kept = [...line];
  while (kept.length > 1 && textWidth(`${kept.join("")}..`) * scale > width) {
    kept = kept.slice(0, -1);
  }
  return `${kept.join("")}..`;
}
