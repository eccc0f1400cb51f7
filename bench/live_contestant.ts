/** A contestant's process, which stays alive between rounds and costs nothing while it waits. */

import type { Command } from "./contestant.ts";
import { watchForeignLoad } from "./idle_machine.ts";
import { linesOf } from "./lines.ts";
import type { Ready, Round, Times } from "./measurement.ts";

/** What is shown of a failed process's complaints. */
const shownErrorLines = 4;

export class LiveContestant {
  readonly ready: Ready;
  readonly #child: Deno.ChildProcess;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string>;
  readonly #complaints: Promise<string>;

  private constructor(spawned: Spawned, ready: Ready) {
    this.#child = spawned.child;
    this.#requests = spawned.child.stdin.getWriter();
    this.#answers = spawned.answers;
    this.#complaints = spawned.complaints;
    this.ready = ready;
  }

  /**
   * Starts the process and waits until it has compiled and taken its first steps.
   * @throws {Error} When it fails, or takes longer than `patienceMs`: it is killed then.
   */
  static async start(command: Command, patienceMs: number): Promise<LiveContestant> {
    const child = new Deno.Command(command.program, {
      args: [...command.args],
      env: { ...command.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const spawned: Spawned = {
      child,
      answers: linesOf(child.stdout),
      complaints: new Response(child.stderr).text(),
    };
    return new LiveContestant(spawned, await answer<Ready>(spawned, patienceMs));
  }

  /** Takes this many steps. @throws {Error} As `start`. */
  async run(steps: number, patienceMs: number): Promise<Round> {
    const foreignLoad = await watchForeignLoad();
    await this.#requests.write(new TextEncoder().encode(`${steps}\n`));
    const times = await answer<Times>(
      { child: this.#child, answers: this.#answers, complaints: this.#complaints },
      patienceMs,
    );
    return { ...times, foreignLoad: await foreignLoad(times.cpuMs) };
  }

  async close(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#requests.close().catch(() => {});
    await this.#answers.return(undefined);
    await this.#child.status;
    await this.#complaints;
  }
}

interface Spawned {
  readonly child: Deno.ChildProcess;
  readonly answers: AsyncGenerator<string>;
  readonly complaints: Promise<string>;
}

/** The next line of JSON; libraries may print other lines. */
async function answer<Facts extends Ready | Times>(
  { child, answers, complaints }: Spawned,
  patienceMs: number,
): Promise<Facts> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, patienceMs);
  try {
    while (true) {
      const { value, done } = await answers.next();
      if (done) break;
      if (value.startsWith("{")) return JSON.parse(value);
    }
  } finally {
    clearTimeout(timer);
  }
  const { code, signal } = await child.status;
  if (isLate) throw new Error(`it took longer than ${(patienceMs / 1000).toFixed(0)} s`);
  const lines = (await complaints).trim().split("\n").slice(-shownErrorLines);
  throw new Error(`it failed with ${signal ?? `code ${code}`}: ${lines.join("\n    ")}`);
}
