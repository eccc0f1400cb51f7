/** Where text for a person or a program goes. */

export interface Terminal {
  /** Writes to standard output: the answer. */
  out(text: string): void;
  /** Writes to standard error: everything beside the answer. */
  err(text: string): void;
  /** A person looks at standard output: a line may be redrawn. */
  readonly isInteractive: boolean;
  /** Escape codes for colour are welcome. */
  readonly hasColor: boolean;
  /** Characters per line. */
  readonly columns: number;
}

/** The terminal of this process; honours NO_COLOR (https://no-color.org). */
export function processTerminal(): Terminal {
  const isInteractive = Deno.stdout.isTerminal();
  return {
    out: (text) => writeAll(Deno.stdout, text),
    err: (text) => writeAll(Deno.stderr, text),
    isInteractive,
    hasColor: isInteractive && !Deno.noColor,
    columns: isInteractive ? columnsOfConsole() : 80,
  };
}

function columnsOfConsole(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch (error) {
    // A terminal without a size, such as a serial line, is rare but no reason to stop.
    if (error instanceof Error) return 80;
    throw error;
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    // `zoetrope plan | head` closes the pipe: nobody reads on, so there is nothing left to say.
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw error;
  }
}
