/** Where text for a person or a program goes. */

export interface Terminal {
  /** Writes to standard output: the answer. */
  out(text: string): void;
  /** Writes to standard error: everything beside the answer. */
  err(text: string): void;
  /** A person looks at standard output: a line may be redrawn. */
  readonly isInteractive: boolean;
  /** Escape codes for colour are welcome on standard output. */
  readonly hasColor: boolean;
  /** Escape codes for colour are welcome on standard error. */
  readonly errHasColor: boolean;
  /** Characters per line, now: a window may be resized. */
  readonly columns: number;
  /** Lines that are seen at once, now. */
  readonly rows: number;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: (text) => writeAll(Deno.stdout, text),
    err: (text) => writeAll(Deno.stderr, text),
    get isInteractive() {
      return isRedrawn(Deno.stdout.isTerminal(), environment);
    },
    get hasColor() {
      return isColored(Deno.stdout.isTerminal(), environment);
    },
    get errHasColor() {
      return isColored(Deno.stderr.isTerminal(), environment);
    },
    get columns() {
      return consoleSize().columns;
    },
    get rows() {
      return consoleSize().rows;
    },
  };
}

/** Value of an environment variable; undefined where it is not set, or empty. */
export type Environment = (name: string) => string | undefined;

/**
 * Whether lines may be redrawn: on a terminal that can move its cursor, and not in the log of a build
 * server, whatever it pretends to be.
 */
export function isRedrawn(isTerminal: boolean, environment: Environment): boolean {
  return isTerminal && environment("TERM") !== "dumb" && !isSet(environment("CI"));
}

/**
 * Whether colours are welcome, by the conventions of https://no-color.org and https://force-color.org;
 * where both are set, FORCE_COLOR wins, as in Node.
 */
export function isColored(isTerminal: boolean, environment: Environment): boolean {
  const forced = environment("FORCE_COLOR");
  if (forced !== undefined) return isSet(forced);
  if (environment("NO_COLOR") !== undefined) return false;
  return isTerminal && environment("TERM") !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "0" && value !== "false";
}

function environment(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    // Who forbids to look, as a stage's process does, has nothing set.
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

function consoleSize(): { readonly columns: number; readonly rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch (error) {
    // No terminal, or one without a size, such as a serial line.
    if (error instanceof Error) return { columns: 80, rows: 24 };
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
