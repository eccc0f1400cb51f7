/** Verbs that look back: `compare`, `runs`, `show`. */

import { type Command, Option } from "commander";
import { addVerb } from "./add_verb.ts";
import type { CompareArguments } from "./compare.ts";
import type { ExitCode } from "./exit_code.ts";
import { importVerb } from "./import_verb.ts";
import { append, jsonOption, type OptionGroup, wholeNumber } from "./options.ts";
import type { RunsArguments } from "./runs.ts";
import type { ShowArguments } from "./show.ts";
import type { Host } from "./verb.ts";

/** Adds them to the program. */
export function addHistoryVerbs(
  program: Command,
  host: Host,
  setCode: (code: ExitCode) => void,
): void {
  addVerb(
    program,
    "compare [runs...]",
    "compare the points of a sweep, or runs with each other",
    shared,
  )
    .option("--over <variable>", "average over it (default: seed); may be repeated", append, [])
    .option("--each", "average over nothing", false)
    .option("--csv", "print a table for programs", false)
    .action(async (named: string[], options: Omit<CompareArguments, "named">) => {
      const { compareVerb } = await importVerb<typeof import("./compare.ts")>("compare.ts");
      setCode(await compareVerb({ ...options, named }, host));
    });
  addVerb(program, "runs", "list the runs there were, newest first", shared)
    .option("--name <text>", "only pipelines with this in their name")
    .addOption(
      new Option("--status <status>", "only runs that ended like this")
        .choices(["succeeded", "failed", "interrupted"]),
    )
    .option("--since <time>", "only runs since then: 7d, 12h, 2026-11-21")
    .option("--limit <count>", "the newest so many; 0 means all", wholeNumber, 20)
    .option("--rebuild", "make the index anew from the run folders", false)
    .action(async (options: RunsArguments) => {
      const { runsVerb } = await importVerb<typeof import("./runs.ts")>("runs.ts");
      setCode(await runsVerb(options, host));
    });
  addVerb(program, "show [run] [stage]", "show what became of a run or one of its stages", shared)
    .action(async (
      run: string | undefined,
      stage: string | undefined,
      options: Omit<ShowArguments, "run" | "stage">,
    ) => {
      const { showVerb } = await importVerb<typeof import("./show.ts")>("show.ts");
      const named = stage === undefined ? {} : { stage };
      setCode(await showVerb({ ...options, run: run ?? "latest", ...named }, host));
    });
}

const shared: readonly OptionGroup[] = [
  (command) => command.option("--runs <folder>", "where runs are kept", "runs"),
  jsonOption,
];
