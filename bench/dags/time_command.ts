/** Wall time of commands. */

import { type Quantiles, quantiles } from "../measurement.ts";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds, or that it took longer than it was given. */
export type Timing = Quantiles & { readonly runs: number } | "too slow";

/** Runs a command to its end. @returns Milliseconds, or undefined when the time was up. */
export async function runOnce(
  { program, args, env = {} }: Command,
  cwd: string,
  patienceMs: number,
): Promise<number | undefined> {
  const started = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    env,
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, patienceMs);
  const errors = new Response(child.stderr).text();
  const { success } = await child.status;
  const time = performance.now() - started;
  clearTimeout(timer);
  const text = await errors;
  if (isLate) return undefined;
  if (!success) throw new Error(`Cannot time "${program} ${args.join(" ")}": it failed\n${text}`);
  return time;
}

/** Times several commands in turn, so that a slow phase of the machine meets everyone. */
export async function timeInTurn(
  contestants: readonly { readonly command: Command; readonly cwd: string }[],
  rounds: number,
  patienceMs: number,
): Promise<readonly Timing[]> {
  const times: (number[] | undefined)[] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { command, cwd }] of contestants.entries()) {
      const so = times[i];
      if (so === undefined) continue;
      const time = await runOnce(command, cwd, patienceMs);
      times[i] = time === undefined ? undefined : [...so, time];
    }
  }
  return times.map((each) =>
    each === undefined ? "too slow" : { ...quantiles(each), runs: each.length }
  );
}
