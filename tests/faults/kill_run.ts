/** Killing a run with all its processes at one moment, and what must be left of it. */

import assert from "node:assert/strict";
import { verifyStore } from "../../pipelines/store/verify_store.ts";
import { hashUniform } from "../support/hash_uniform.ts";
import { runConfig } from "../support/tiny_run.ts";

/** Two stages with checkpoints, one after the other, beside two that are short. */
const yaml = `name: faults
seed: 5
stages:
  one: { uses: tiny/count, with: { to: 6, stepMs: 4, size: 100000 } }
  side: { uses: tiny/numbers }
  two: { uses: tiny/count, with: { to: 6, stepMs: 4, size: 50000 }, inputs: { after: one.weights } }
  scaled: { uses: tiny/scale, inputs: { curve: side.curve } }
`;
const stages = ["one", "side", "two", "scaled"] as const;

export const phases = ["start-up", "stage", "commit"] as const;
export type Phase = typeof phases[number];

/** When to kill: so long after a run began, or after it said something about a stage. */
export interface Moment {
  readonly phase: Phase;
  readonly after: { readonly event: string; readonly stage: string } | "start";
  readonly delayMs: number;
}

export interface KillResult {
  readonly wasKilled: boolean;
  /** Stages whose results the killed run left. */
  readonly kept: number;
  readonly resumed: number;
}

export interface Undisturbed {
  readonly digests: Readonly<Record<string, string>>;
  /** Until the first stage started. */
  readonly startUpMs: number;
  /** From the start of the first stage to its end. */
  readonly stageMs: number;
}

/** Runs to the end without being killed. */
export async function runUndisturbed(folder: string): Promise<Undisturbed> {
  await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
  const started = performance.now();
  const times = new Map<string, number>();
  const { lines } = startRun(folder);
  for await (const said of lines) {
    if (said.kind === "done") {
      const startUpMs = times.get("stage-started one") ?? 0;
      const stageMs = (times.get("stage-finished one") ?? 0) - startUpMs;
      return { digests: said.digests ?? {}, startUpMs, stageMs };
    }
    times.set(`${said.kind} ${said.stage}`, performance.now() - started);
  }
  throw new Error("The undisturbed run must end with its digests");
}

/** The moment of an index: phases take turns; stage and time are drawn from the seed. */
export function momentOf(seed: number, index: number, { startUpMs, stageMs }: Undisturbed): Moment {
  const draw = (purpose: number) => hashUniform(seed, index, purpose);
  const phase = phases[index % phases.length] ?? "stage";
  const stage = stages[Math.floor(draw(1) * stages.length)] ?? "one";
  switch (phase) {
    case "start-up":
      return { phase, after: "start", delayMs: draw(2) * startUpMs };
    case "stage":
      return { phase, after: { event: "stage-started", stage }, delayMs: draw(2) * stageMs };
    case "commit": {
      // These two tell a last step just before they commit; the others are known when they have.
      const counts = stage === "one" || stage === "two";
      const event = counts && draw(3) < 0.7 ? "last-step" : "stage-finished";
      return {
        phase,
        after: { event, stage },
        delayMs: draw(2) * (event === "last-step" ? 20 : 3),
      };
    }
    default:
      return phase satisfies never;
  }
}

/**
 * Kills a run in a new `folder` with SIGKILL to its whole group, then runs to the end and checks that
 * nothing is lost, nothing is wrong and nobody is left.
 *
 * @throws {AssertionError} Naming the moment.
 */
export async function killAndFinish(
  folder: string,
  moment: Moment,
  { digests }: Undisturbed,
): Promise<KillResult> {
  const what = JSON.stringify(moment);
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
  const wasKilled = await killAt(folder, moment);
  const { states, events, ...finished } = await runConfig(folder, { jobs: 2 });
  assert.deepEqual(finished.digests, digests, what);
  const kinds = events.map(({ kind }) => kind);
  assert.ok(!kinds.includes("artifact-damaged"), `${what}: ${JSON.stringify(events)}`);
  await waitForNobody(folder, what);
  assert.deepEqual(verifyStore(`${folder}/store`).damages, [], what);
  const again = await runConfig(folder, {});
  assert.deepEqual([...new Set(Object.values(again.states))], ["cached"], what);
  return {
    wasKilled,
    kept: Object.values(states).filter((state) => state === "cached").length,
    resumed: kinds.filter((kind) => kind === "stage-resumed").length,
  };
}

async function killAt(folder: string, { after, delayMs }: Moment): Promise<boolean> {
  const { group, lines } = startRun(folder);
  let isDone = false;
  let kill: Promise<void> | undefined;
  const killLater = () => kill ??= sleep(delayMs).then(() => signal(group));
  if (after === "start") killLater();
  for await (const said of lines) {
    isDone ||= said.kind === "done";
    if (after === "start" || said.stage !== after.stage) continue;
    const event = said.kind === "stage-progress" && said.isLast ? "last-step" : said.kind;
    if (event === after.event) killLater();
  }
  await kill;
  return !isDone;
}

interface Said {
  readonly kind: string;
  readonly stage?: string;
  readonly isLast?: boolean;
  readonly digests?: Readonly<Record<string, string>>;
}

/** Starts a run as the leader of a process group. */
function startRun(folder: string): { readonly group: number; readonly lines: AsyncIterable<Said> } {
  const program = new URL("./run_tiny.ts", import.meta.url).pathname;
  const flags = ["run", "-A", "--quiet", "--no-check", "--node-modules-dir=manual"];
  const child = new Deno.Command("setsid", {
    args: [Deno.execPath(), ...flags, program, folder],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  return { group: child.pid, lines: readLines(child) };
}

async function* readLines(child: Deno.ChildProcess): AsyncGenerator<Said, void> {
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Said;
  }
  await child.status;
}

function signal(group: number): void {
  try {
    Deno.kill(-group, "SIGKILL");
  } catch (error) {
    // It has ended already.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Stages lead groups of their own, so they are told apart by the folder in their command lines. */
async function waitForNobody(folder: string, what: string): Promise<void> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const left = processesNaming(folder);
    if (left.length === 0) return;
    assert.ok(performance.now() < deadline, `${what}: still running: ${left.join("; ")}`);
    await sleep(20);
  }
}

/** Command lines of the processes that name a folder. */
export function processesNaming(folder: string): string[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap(
    (entry) => {
      try {
        const line = Deno.readTextFileSync(`/proc/${entry.name}/cmdline`).replaceAll("\0", " ");
        return line.includes(folder) && Number(entry.name) !== Deno.pid ? [line] : [];
      } catch (error) {
        // It has ended since the folder was listed.
        if (error instanceof Error) return [];
        throw error;
      }
    },
  );
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
