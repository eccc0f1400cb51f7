/**
 * Times a training step (forward, backward and AdamW in one program) of the reference networks, and
 * the same in PyTorch where there is a Python that has it. Rounds are interleaved, so that a slow
 * phase of the machine meets everyone.
 *
 * Usage: deno run -A bench/main.ts [--rounds 3] [--steps 15] [--network a,b,c] [--threads N]
 *        [--python /path/to/python3]
 */

import { parseArgs } from "node:util";
import { measureOurs, measureTorch, type Task, torchFormats, torchVersion } from "./contestant.ts";
import { waitForIdle } from "./idle_machine.ts";
import type { Measurement, OwnMeasurement, Round } from "./measurement.ts";
import { networks } from "./networks/mod.ts";
import { renderNetwork } from "./render.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "15" },
    network: { type: "string", default: networks.map(({ id }) => id).join() },
    threads: { type: "string", default: `${navigator.hardwareConcurrency}` },
    python: { type: "string", default: "python3" },
  },
});
const rounds = positive("rounds", values.rounds);
const steps = positive("steps", values.steps);
const threads = positive("threads", values.threads);
const chosen = values.network.split(",").map(networkOf);

const torch = await torchVersion(values.python);
print(
  torch === undefined
    ? `"${values.python}" has no PyTorch, so only our own times follow (--python names another)`
    : `peer: PyTorch ${torch} eager, tuned environment`,
);
if (!await waitForIdle(20_000)) {
  print("warning: other processes use this machine, so times say little; ratios may still do");
}
for (const network of chosen) {
  const task: Task = { network: network.id, steps, threads };
  const ours: Round<OwnMeasurement>[] = [];
  const peers = torchFormats.map((format) => ({ format, rounds: [] as Round<Measurement>[] }));
  for (let round = 0; round < rounds; round++) {
    ours.push(await measureOurs(task));
    if (torch === undefined) continue;
    for (const peer of peers) {
      peer.rounds.push(await measureTorch(values.python, peer.format, task));
    }
  }
  print(renderNetwork(network, ours, torch === undefined ? [] : peers));
}

function networkOf(id: string) {
  const found = networks.find((network) => network.id === id);
  if (found !== undefined) return found;
  const known = networks.map((network) => network.id).join(", ");
  throw new RangeError(`Cannot bench network "${id}": there are ${known}`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`Cannot bench: --${name} must be a positive integer, but is "${text}"`);
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
