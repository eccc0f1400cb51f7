/** What a verb could not do -> text for a person, and the exit code. */

import {
  ConfigError,
  type Diagnostic,
  formatDiagnostic,
  printable,
} from "../pipelines/config/diagnostic.ts";
import { FrozenError } from "../pipelines/run/frozen.ts";
import { LockFileError } from "../pipelines/run/lock_file.ts";
import { StoreError } from "../pipelines/store/store.ts";
import { ExitCode } from "./exit_code.ts";
import { paint } from "./paint.ts";
import type { Terminal } from "./terminal.ts";

/** A command line that names something there is not. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Prints an error to standard error and gives the exit code that it stands for. With `json` the
 * diagnostics of a config are the answer, so they go to standard output.
 */
export function printFailure(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  if (error instanceof ConfigError) {
    if (json) terminal.out(`${JSON.stringify({ diagnostics: error.diagnostics }, null, 2)}\n`);
    for (const diagnostic of error.diagnostics) {
      terminal.err(`${colored(diagnostic, terminal.errHasColor)}\n`);
    }
    const count = error.diagnostics.length;
    terminal.err(`${count === 1 ? "1 problem" : `${count} problems`} in the config\n`);
    return ExitCode.configInvalid;
  }
  if (error instanceof FrozenError) {
    terminal.err(`${printable(error.message)}\n`);
    return ExitCode.frozenDiffers;
  }
  if (error instanceof LockFileError) {
    terminal.err(`${printable(error.message)}\n`);
    return ExitCode.storeFailed;
  }
  if (error instanceof UsageError) {
    terminal.err(`${printable(error.message)}\n`);
    return ExitCode.usage;
  }
  if (error instanceof StoreError) {
    terminal.err(`${printable(error.message)}\n`);
    return ExitCode.storeFailed;
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  terminal.err(`${printable(text)}\n`);
  return ExitCode.stageFailed;
}

function colored(diagnostic: Diagnostic, hasColor: boolean): string {
  const [head = "", ...rest] = formatDiagnostic(diagnostic).split("\n");
  const lines = rest.map((line) => /^\s*~+$/.test(line) ? paint(line, "red", hasColor) : line);
  return [paint(head, "bold", hasColor), ...lines].join("\n");
}
