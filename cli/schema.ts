/** `schema`: writes the JSON Schema that editors check configs with. */

import { resolve } from "node:path";
import { configSchemaText } from "../pipelines/config/json_schema.ts";
import { ExitCode } from "./exit_code.ts";
import type { Host } from "./verb.ts";

export interface SchemaArguments {
  /** File to write, relative to the host's folder. */
  readonly out: string;
  /** Write nothing: fail when the file is not what would be written. */
  readonly check: boolean;
}

export async function schemaVerb(args: SchemaArguments, host: Host): Promise<ExitCode> {
  const text = configSchemaText(await host.loadStages());
  const path = resolve(host.folder, args.out);
  const found = await readIfThere(path);
  if (found === text) {
    host.terminal.out(`${args.out} is current\n`);
    return ExitCode.done;
  }
  if (args.check) {
    const state = found === undefined ? "is missing" : "is out of date";
    host.terminal.err(`${args.out} ${state}: run "deno task schema"\n`);
    return ExitCode.stageFailed;
  }
  await Deno.writeTextFile(path, text);
  host.terminal.out(`Wrote ${args.out}\n`);
  return ExitCode.done;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
