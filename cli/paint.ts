/** Colours of the terminal, or none. */

export type Color = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

const codes: Readonly<Record<Color, readonly [on: number, off: number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Text in a colour where colours are welcome. */
export function paint(text: string, color: Color, hasColor: boolean): string {
  if (!hasColor || text === "") return text;
  const [on, off] = codes[color];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
