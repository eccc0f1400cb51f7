/** A terminal whose last lines are redrawn, whatever else is written to it meanwhile. */

import { cutToWidth, displayWidth } from "./display_width.ts";
import { paint } from "./paint.ts";
import type { Terminal } from "./terminal.ts";

export interface LiveTerminal extends Terminal {
  /**
   * Writes text that stays, and below it lines that the next call replaces. Lines must be printable
   * text without colours or breaks, with a mark at their beginning; those too long or too many for the
   * window are cut.
   */
  show(stays: string, lines: readonly string[]): void;
}

/** A terminal with live lines; what is written through it otherwise goes above them. */
export function liveTerminal(terminal: Terminal): LiveTerminal {
  let live: readonly string[] = [];
  let drawn: readonly string[] = [];

  /** Codes that erase what was drawn. A window that became narrower has wrapped it meanwhile. */
  const erased = () => {
    const rows = drawn.reduce((sum, line) => sum + rowsOf(line, terminal.columns), 0);
    drawn = [];
    return rows === 0 ? "" : `\x1b[${rows}A\r\x1b[0J`;
  };
  const redrawn = () => {
    drawn = fitted(live, terminal);
    const painted = (line: string) => paint(line.slice(0, 1), "cyan", terminal.hasColor);
    return drawn.map((line) => `${painted(line)}${line.slice(1)}\n`).join("");
  };

  return {
    show(stays, lines) {
      live = lines;
      terminal.out(erased() + stays + redrawn());
    },
    out(text) {
      terminal.out(drawn.length === 0 ? text : erased() + ended(text) + redrawn());
    },
    err(text) {
      if (drawn.length === 0) return terminal.err(text);
      terminal.out(erased());
      terminal.err(ended(text));
      terminal.out(redrawn());
    },
    get isInteractive() {
      return terminal.isInteractive;
    },
    get hasColor() {
      return terminal.hasColor;
    },
    get errHasColor() {
      return terminal.errHasColor;
    },
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
  };
}

/** As many lines as can be seen with the cursor below them: what has scrolled away cannot be erased. */
function fitted(lines: readonly string[], { columns, rows }: Terminal): readonly string[] {
  const room = Math.max(1, rows - 1);
  const hidden = lines.length - room + 1;
  const shown = lines.length <= room
    ? lines
    : [...lines.slice(0, room - 1), `… and ${hidden} more`];
  // The last column stays free: a terminal that has filled it may have wrapped, or not yet.
  return shown.map((line) => cutToWidth(line, Math.max(1, columns - 1)));
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(line) / columns));
}

function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
