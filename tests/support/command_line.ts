/** The real command line in processes of its own, as a user runs it. */

import { fileURLToPath } from "node:url";
import type { RunRecord } from "../../pipelines/run_record.ts";

export const repository: string = fileURLToPath(new URL("../..", import.meta.url)).replace(
  /\/$/,
  "",
);

const FLAGS = [
  "run",
  "--quiet",
  "--no-check",
  "--no-prompt",
  "--cached-only",
  "--node-modules-dir=manual",
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env",
  "--allow-sys",
];

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a verb to its end, in the repository's root unless told otherwise. */
export async function zoetrope(
  args: readonly string[],
  cwd: string = repository,
): Promise<CommandResult> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...FLAGS, `${repository}/main.ts`, ...args],
    cwd,
    stdout: "piped",
    stderr: "piped",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** Runs a pipeline with `--json`. @throws {Error} When it does not end with a record on stdout. */
export async function runForRecord(
  config: string,
  folder: string,
  more: readonly string[] = [],
): Promise<{ readonly record: RunRecord; readonly result: CommandResult }> {
  const store = ["--store", `${folder}/store`, "--runs", `${folder}/runs`];
  const result = await zoetrope(["run", config, "--json", ...store, ...more]);
  try {
    return { record: JSON.parse(result.out), result };
  } catch (error) {
    throw new Error(`Cannot read the record of "${config}": exit ${result.code}\n${result.err}`, {
      cause: error,
    });
  }
}

/** Starts a verb as the leader of a process group of its own, so that all of it can be killed. */
export function startGroup(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command("setsid", {
    args: [Deno.execPath(), ...FLAGS, `${repository}/main.ts`, ...args],
    cwd: repository,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Sends SIGKILL to every process of a group. */
export async function killGroup(group: number): Promise<void> {
  await new Deno.Command("kill", { args: ["-9", "--", `-${group}`], stderr: "null" }).output();
}

/**
 * Process ids that are still in a group, or whose command line names the folder: a stage has a group of
 * its own. Zombies waiting for their parent do not count.
 */
export async function processesOf(group: number, folder: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid=,pgid=,stat=,args="] })
    .output();
  return new TextDecoder().decode(stdout).split("\n").map((line) => line.trim().split(/\s+/))
    .filter(([, , stat]) => !stat?.startsWith("Z"))
    .filter(([, pgid, , ...args]) => Number(pgid) === group || args.join(" ").includes(folder))
    .map(([pid]) => Number(pid));
}

/** State of each stage by name. */
export function statesOf(record: RunRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(record.stages.map(({ name, state }) => [name, state]));
}

/** Digest of each output, by "stage.port". */
export function digestsOf(record: RunRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(
    record.stages.flatMap(({ name, outputs }) =>
      Object.entries(outputs).map(([port, { digest }]) => [`${name}.${port}`, digest])
    ),
  );
}
