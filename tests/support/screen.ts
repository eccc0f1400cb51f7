/**
 * A terminal's screen: what a person sees after a program wrote to it. It wraps and scrolls, and knows the
 * codes that we use, as in ECMA-48; when it becomes narrower it wraps again, as most terminals do.
 */

import stringWidth from "string-width";

interface Row {
  cells: string[];
  /** Goes on in the next row, because the line was wider than the window. */
  isWrapped: boolean;
}

export class Screen {
  columns: number;
  readonly rows: number;
  #lines: Row[] = [{ cells: [], isWrapped: false }];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All text, with what has scrolled away, without trailing spaces. */
  get text(): string[] {
    const lines = this.#lines.map(({ cells }) => cells.join("").trimEnd());
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  }

  /** Only what is in the window. */
  get visible(): string[] {
    return this.text.slice(Math.max(0, this.#lines.length - this.rows));
  }

  write(text: string): void {
    // deno-lint-ignore no-control-regex -- escape codes are what is read here
    for (const [part, count, code] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|[^\x1b]/gu)) {
      if (code !== undefined) this.#control(code, Number(count || 1), count ?? "");
      else if (part === "\n") this.#lineFeed(false);
      else if (part === "\r") this.#column = 0;
      else this.#put(part);
    }
  }

  resize(columns: number): void {
    const whole: string[][] = [];
    let continues = false;
    for (const { cells, isWrapped } of this.#lines) {
      if (continues) whole.at(-1)?.push(...cells);
      else whole.push([...cells]);
      continues = isWrapped;
    }
    this.columns = columns;
    this.#lines = whole.flatMap((cells) => {
      const count = Math.max(1, Math.ceil(cells.length / columns));
      return Array.from({ length: count }, (_, i) => ({
        cells: cells.slice(i * columns, (i + 1) * columns),
        isWrapped: i < count - 1,
      }));
    });
    this.#row = this.#lines.length - 1;
  }

  #put(letter: string): void {
    const width = stringWidth(letter);
    if (this.#column + width > this.columns) this.#lineFeed(true);
    const { cells } = this.#lines[this.#row]!;
    while (cells.length < this.#column) cells.push(" ");
    // A wide letter fills two cells.
    cells.splice(this.#column, width, letter, ...Array<string>(Math.max(0, width - 1)).fill(""));
    this.#column += width;
  }

  #lineFeed(isWrapped: boolean): void {
    this.#lines[this.#row]!.isWrapped = isWrapped;
    this.#row++;
    this.#column = 0;
    if (this.#row === this.#lines.length) this.#lines.push({ cells: [], isWrapped: false });
  }

  #control(code: string, count: number, written: string): void {
    const top = Math.max(0, this.#lines.length - this.rows);
    if (code === "A") this.#row = Math.max(top, this.#row - count);
    else if (code === "J" && (written === "0" || written === "")) {
      this.#lines[this.#row]!.cells.length = this.#column;
      this.#lines.length = this.#row + 1;
    } else if (code !== "m") throw new Error(`Unknown code ${code}`);
  }
}
