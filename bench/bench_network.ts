/** One network by all contestants: set up, checked, timed in interleaved rounds. */

import { checkAgreement } from "./check_agreement.ts";
import type { Contestant, Task } from "./contestant.ts";
import { waitForIdle } from "./idle_machine.ts";
import { LiveContestant } from "./live_contestant.ts";
import type { Ready, Round } from "./measurement.ts";
import type { Network } from "./networks/network.ts";
import { encodeProblem } from "./problem.ts";

export interface BenchOptions {
  readonly threads: number;
  readonly rounds: number;
  /** Of each contestant in a round, about. */
  readonly seconds: number;
  /** Whether to wait before each round until nobody else computes. */
  readonly isGuarded: boolean;
  /** `performance.now()` by which the network has to be done; two rounds are taken in any case. */
  readonly deadline: number;
  /** For one contestant's compilation. */
  readonly patienceMs: number;
  /** `performance.now()` by which all must have compiled; who comes later has a few seconds. */
  readonly latestStart: number;
  readonly onProgress: (text: string) => void;
}

/** Who took part, and what it said. */
export interface Entry {
  readonly contestant: Contestant;
  readonly ready: Ready;
  readonly rounds: readonly Round[];
}

export interface NetworkResult {
  readonly network: Network;
  readonly entries: readonly Entry[];
  /** Contestants that failed or computed something else, and why. */
  readonly failures: readonly { readonly contestant: Contestant; readonly reason: string }[];
}

/** More than this of one core in other hands makes a time doubtful. */
export const tolerableLoad = 0.05;

const leastRounds = 2;
/** A contestant whose step takes longer takes no more than the least rounds: it would take most of the time. */
const slowStepMs = 2_000;
const idlePatienceMs = 5_000;
const leastPatienceMs = 8_000;

interface Running {
  readonly contestant: Contestant;
  readonly live: LiveContestant;
  readonly rounds: Round[];
}

export async function benchNetwork(
  network: Network,
  contestants: readonly Contestant[],
  options: BenchOptions,
): Promise<NetworkResult> {
  const problem = await Deno.makeTempFile({ prefix: "zoetrope-bench-", suffix: ".safetensors" });
  const running = new Set<Running>();
  const failures: { contestant: Contestant; reason: string }[] = [];
  const drop = async (entry: Running, reason: string) => {
    failures.push({ contestant: entry.contestant, reason });
    running.delete(entry);
    await entry.live.close();
  };
  try {
    await Deno.writeFile(problem, encodeProblem(network));
    const task: Task = { network: network.id, problem, threads: options.threads };
    for (const contestant of contestants) {
      options.onProgress(`(${network.id}) ${contestant.title}: sets up`);
      try {
        const left = Math.max(leastPatienceMs, options.latestStart - performance.now());
        const patienceMs = Math.min(options.patienceMs, left);
        const live = await LiveContestant.start(contestant.command(task), patienceMs);
        const entry = { contestant, live, rounds: [] };
        running.add(entry);
        const [reference] = running;
        const reason = checkAgreement(reference!.live.ready, live.ready);
        if (reason !== undefined) await drop(entry, reason);
      } catch (error) {
        failures.push({ contestant, reason: messageOf(error) });
      }
    }
    await takeRounds(running, drop, network.id, options);
    const entries = [...running].map(({ contestant, live, rounds }) => (
      { contestant, ready: live.ready, rounds }
    ));
    return { network, entries, failures };
  } finally {
    for (const { live } of running) await live.close();
    await Deno.remove(problem);
  }
}

async function takeRounds(
  running: ReadonlySet<Running>,
  drop: (entry: Running, reason: string) => Promise<void>,
  id: string,
  { rounds, seconds, isGuarded, deadline, patienceMs, onProgress }: BenchOptions,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if (round >= leastRounds && performance.now() > deadline) return;
    onProgress(`(${id}) round ${round + 1} of ${rounds}`);
    if (isGuarded) await waitForIdle(idlePatienceMs);
    for (const entry of [...running]) {
      const { stepMs } = entry.live.ready;
      if (round >= leastRounds && stepMs > slowStepMs) continue;
      const steps = Math.max(1, Math.min(200, Math.round(1000 * seconds / stepMs)));
      try {
        const found = await entry.live.run(steps, patienceMs);
        const isDisturbed = (found.foreignLoad ?? 0) > tolerableLoad;
        const another = isGuarded && isDisturbed && performance.now() < deadline
          ? await entry.live.run(steps, patienceMs)
          : found;
        entry.rounds.push((another.foreignLoad ?? 0) < (found.foreignLoad ?? 0) ? another : found);
      } catch (error) {
        await drop(entry, messageOf(error));
      }
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
