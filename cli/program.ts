/** The command line: parses it, calls one verb, gives the exit code. */

import { Command, CommanderError, Option } from "commander";
import { addVerb } from "./add_verb.ts";
import manifest from "../deno.json" with { type: "json" };
import type { CheckArguments } from "./check.ts";
import type { DagArguments } from "./dag.ts";
import type { DoctorArguments } from "./doctor.ts";
import { ExitCode } from "./exit_code.ts";
import {
  configOptions,
  engineOptions,
  jsonOption,
  type OptionGroup,
  runOptions,
  storeOptions,
  trustOption,
} from "./options.ts";
import type { PlanArguments } from "./plan.ts";
import { addHistoryVerbs } from "./history_verbs.ts";
import { importVerb } from "./import_verb.ts";
import { printFailure } from "./print_failure.ts";
import type { ReportArguments } from "./report.ts";
import type { RunArguments } from "./run.ts";
import type { SchemaArguments } from "./schema.ts";
import type { StagesArguments } from "./stages.ts";
import type { LogsArguments } from "./logs.ts";
import { addStoreVerbs } from "./store_verbs.ts";
import type { Host } from "./verb.ts";
import type { WhyArguments } from "./why.ts";

/**
 * Runs a command line such as `["plan", "configs/tiny.yaml"]`; never throws.
 *
 * Each verb is imported when it is called, so that none pays for what another needs.
 */
export async function runProgram(args: readonly string[], host: Host): Promise<ExitCode> {
  let code: ExitCode = ExitCode.done;
  const program = createProgram(host);
  const setCode = (result: ExitCode) => {
    code = result;
  };
  addRunVerbs(program, host, setCode);
  addConfigVerbs(program, host, setCode);
  addCatalogueVerbs(program, host, setCode);
  addHistoryVerbs(program, host, setCode);
  addStoreVerbs(program, host, setCode);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // Commander ends with 0 after --help and --version, and with 1 for a wrong command line.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
    }
    return printFailure(error, host.terminal, args.includes("--json"));
  }
}

type SetCode = (code: ExitCode) => void;

function createProgram({ terminal }: Host): Command {
  return new Command("zoetrope")
    .description("Train, sample and score generative video and image models from one YAML file.")
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.hasColor,
      getErrHasColors: () => terminal.errHasColor,
    })
    .configureHelp({ optionDescription: describeOption })
    .helpCommand(false);
}

/** Names the choices, and the default where it says something. */
function describeOption({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? [] : [argChoices.join(", ")];
  const isTelling = ["string", "number"].includes(typeof defaultValue);
  const notes = isTelling ? [...choices, `default: ${defaultValue}`] : choices;
  return notes.length === 0 ? description : `${description} (${notes.join("; ")})`;
}

function addRunVerbs(program: Command, host: Host, setCode: SetCode): void {
  addVerb(program, "run <config>", "run a pipeline and write its report", [
    ...forecastOptions,
    runOptions,
  ])
    .option("--runs <folder>", "where reports are kept", "runs")
    .option("-q, --quiet", "print only what went wrong", false)
    .option("--events <file>", "write every event as a line of JSON; - for standard output")
    .option("--no-tensorboard", "write no files for TensorBoard")
    .action(async (config: string, options: Omit<RunArguments, "config">) => {
      const { runVerb } = await importVerb<typeof import("./run.ts")>("run.ts");
      setCode(await runVerb({ ...options, config }, host));
    });
  addVerb(program, "report [run]", "write the report of a run again", [storeOptions])
    .action(async (run = "runs/latest", options: Omit<ReportArguments, "run">) => {
      const { reportVerb } = await importVerb<typeof import("./report.ts")>("report.ts");
      setCode(await reportVerb({ ...options, run }, host));
    });
  addVerb(program, "logs <run|config|stage> [stage]", "show what a stage printed", planOptions)
    .action(async (
      of: string,
      stage: string | undefined,
      options: Omit<LogsArguments, "of" | "stage">,
    ) => {
      const { logsVerb } = await importVerb<typeof import("./logs.ts")>("logs.ts");
      setCode(await logsVerb({ ...options, of, ...optional("stage", stage) }, host));
    });
  addVerb(program, "doctor", "find what is missing on this machine", [storeOptions, jsonOption])
    .action(async (options: DoctorArguments) => {
      const { doctorVerb } = await importVerb<typeof import("./doctor.ts")>("doctor.ts");
      setCode(await doctorVerb(options, host));
    });
}

function addConfigVerbs(program: Command, host: Host, setCode: SetCode): void {
  addVerb(program, "plan <config>", "show what a run would do, and why", forecastOptions)
    .option("--resolved", "print the complete config instead", false)
    .option("--origins", "with --resolved: where each value is written", false)
    .option("--check", "exit with 6 when something would run", false)
    .action(async (config: string, options: Omit<PlanArguments, "config">) => {
      const { planVerb } = await importVerb<typeof import("./plan.ts")>("plan.ts");
      setCode(await planVerb({ ...options, config }, host));
    });
  addVerb(program, "check <config...>", "find what is wrong before anything runs", checkOptions)
    .action(async (configs: string[], options: Omit<CheckArguments, "configs">) => {
      const { checkVerb } = await importVerb<typeof import("./check.ts")>("check.ts");
      setCode(await checkVerb({ ...options, configs }, host));
    });
  addVerb(
    program,
    "why <config> [stage]",
    "name the change that makes a stage run",
    forecastOptions,
  )
    .action(async (
      config: string,
      stage: string | undefined,
      options: Omit<WhyArguments, "config" | "stage">,
    ) => {
      const { whyVerb } = await importVerb<typeof import("./why.ts")>("why.ts");
      setCode(await whyVerb({ ...options, config, ...optional("stage", stage) }, host));
    });
  addVerb(program, "dag <config>", "draw the stages and what flows between them", [
    configOptions,
    storeOptions,
    engineOptions,
    trustOption,
  ])
    .addOption(
      new Option("--format <format>", "language of the drawing")
        .choices(["text", "mermaid", "dot", "json"])
        .default("text"),
    )
    .action(async (config: string, options: Omit<DagArguments, "config">) => {
      const { dagVerb } = await importVerb<typeof import("./dag.ts")>("dag.ts");
      setCode(await dagVerb({ ...options, config }, host));
    });
}

function addCatalogueVerbs(program: Command, host: Host, setCode: SetCode): void {
  addVerb(program, "stages [id]", "list the stages, or show one in detail", [jsonOption])
    .action(async (id: string | undefined, options: Omit<StagesArguments, "id">) => {
      const { stagesVerb } = await importVerb<typeof import("./stages.ts")>("stages.ts");
      setCode(await stagesVerb({ ...options, ...optional("id", id) }, host));
    });
  addVerb(program, "schema", "write the JSON Schema that editors check configs with", [])
    .option("--out <file>", "file to write", "configs/schema.json")
    .option("--check", "write nothing, fail when the file is out of date", false)
    .action(async (options: SchemaArguments) => {
      const { schemaVerb } = await importVerb<typeof import("./schema.ts")>("schema.ts");
      setCode(await schemaVerb(options, host));
    });
}

const checkOptions: readonly OptionGroup[] = [configOptions, jsonOption];
const planOptions: readonly OptionGroup[] = [...checkOptions, storeOptions, engineOptions];
const forecastOptions: readonly OptionGroup[] = [...planOptions, trustOption];

/** `{ name: value }`, or nothing when there is no value. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : { [name]: value } as { readonly [N in Name]: Value };
}
