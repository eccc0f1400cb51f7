/** A command line without a process: what it prints is collected. */

import { runProgram } from "../../cli/program.ts";
import type { StageTable } from "../../pipelines/stage.ts";
import { tinyStages } from "./tiny_stages.ts";

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in `folder`, with the tiny stages unless others are given. */
export async function command(
  folder: string,
  args: readonly string[],
  options: { readonly stages?: StageTable; readonly hasColor?: boolean } = {},
): Promise<CommandResult> {
  const printed = { out: "", err: "" };
  const code = await runProgram(args, {
    folder,
    loadStages: () => Promise.resolve(options.stages ?? tinyStages),
    terminal: {
      out: (text) => void (printed.out += text),
      err: (text) => void (printed.err += text),
      isInteractive: false,
      hasColor: options.hasColor ?? false,
      errHasColor: options.hasColor ?? false,
      columns: 80,
      rows: 24,
    },
  });
  return { code, ...printed };
}
