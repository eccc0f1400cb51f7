/** Training of several networks, each with its own loss: the players of a game. */

import type { Engine } from "../engine/engine.ts";
import type { Parameters } from "../models/parameters.ts";
import { deriveSeed } from "../numerics/random.ts";
import type { Checkpoint, CheckpointSlot, Progress } from "../pipelines/stage.ts";
import { type Others, Player, type PlayerOptions } from "./player.ts";
import { runSteps } from "./run_steps.ts";
import type { TrainResult } from "./train_options.ts";

export type { Others, PlayerOptions };

export interface TrainPlayersOptions<Name extends string> {
  readonly engine: Engine;
  /** They take their updates in this order, so the later ones see the earlier ones updated. */
  readonly players: Readonly<Record<Name, PlayerOptions>>;
  /** Key of the first parameters, with a part of its own for each player. */
  readonly seed: bigint;
  readonly steps: number;
  readonly checkpoint?: CheckpointSlot;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between entries of the histories. */
  readonly logEvery: number;
  /** Saves a checkpoint and throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /**
   * For people to watch. Sees the averaged parameters where an average is kept, and the buffers, and must
   * not dispose them; changes no result.
   */
  readonly watch?: {
    readonly every: number;
    run(weights: Readonly<Record<Name, Parameters>>, step: number): Promise<void>;
  };
}

/**
 * In each step each player in turn changes its own parameters to lower its own loss, given the others'.
 *
 * One compiled program for each player. Training continues from the slot's
 * checkpoint if there is one, and ends with the same bytes as if it had never stopped.
 * @returns By player: weights and history.
 * @throws {RangeError} When a player wants to see one that is not there, or takes no updates.
 * @throws {Error} When a loss or a gradient norm is not finite, naming the player, the step and the
 * gradients at fault, or when a state is not, naming the tensor; the last checkpoint is from before.
 */
export async function trainPlayers<Name extends string>(
  options: TrainPlayersOptions<Name>,
): Promise<Readonly<Record<Name, TrainResult>>> {
  const { steps, checkpoint, signal } = options;
  const names = Object.keys(options.players) as Name[];
  for (const name of names) requirePlayer(options.players, name);
  const saved = await checkpoint?.load();
  let lastCheckpoint = saved?.step;
  const players = new Map<Name, Player>();
  try {
    for (const name of names) {
      players.set(name, startPlayer(options, name, { saved, last: () => lastCheckpoint }));
    }
    await runSteps({
      ...options,
      first: saved?.step ?? 0,
      ...(signal ? { signal } : {}),
      async take(index) {
        const values: Record<string, number> = {};
        for (const [name, player] of players) {
          const others = weightsOf(players, options.players[name].sees);
          const told = await player.step(index, others);
          for (const [key, value] of Object.entries(told)) values[`${name} ${key}`] = value;
        }
        const step = index + 1;
        options.progress?.({ step, of: steps, values });
        const { watch } = options;
        if (watch && (step % watch.every === 0 || step === steps)) {
          const all = [...players].map(([name, player]) => [name, player.averaged]);
          await watch.run(Object.fromEntries(all), step);
        }
      },
      async save(step) {
        if (!checkpoint) return;
        const files = new Map<string, Uint8Array>();
        for (const [name, player] of players) {
          for (const [file, bytes] of await player.save(step)) {
            files.set(`${name}.${file}`, bytes);
          }
        }
        await checkpoint.save({ step, files });
        lastCheckpoint = step;
      },
    });
    const results: [Name, TrainResult][] = [];
    for (const [name, player] of players) results.push([name, await player.result()]);
    return Object.fromEntries(results) as Record<Name, TrainResult>;
  } finally {
    for (const player of players.values()) player.dispose();
  }
}

interface Checkpoints {
  /** The one to start from. */
  readonly saved: Checkpoint | undefined;
  /** Step of the newest one, asked when something went wrong. */
  readonly last: () => number | undefined;
}

function startPlayer<Name extends string>(
  { players, engine, seed, steps, logEvery }: TrainPlayersOptions<Name>,
  name: Name,
  { saved, last }: Checkpoints,
): Player {
  const place = {
    engine,
    name,
    seed: deriveSeed(seed, `player ${name}`),
    steps,
    logEvery,
    lastCheckpoint: last,
  };
  if (!saved) return new Player(players[name], place);
  const prefix = `${name}.`;
  const files = new Map<string, Uint8Array>();
  for (const [file, bytes] of saved.files) {
    if (file.startsWith(prefix)) files.set(file.slice(prefix.length), bytes);
  }
  return new Player(players[name], place, { step: saved.step, files });
}

function weightsOf(players: ReadonlyMap<string, Player>, names: readonly string[]): Others {
  return Object.fromEntries(names.map((name) => [name, players.get(name)!.weights]));
}

function requirePlayer(players: Readonly<Record<string, PlayerOptions>>, name: string): void {
  const { sees, updates } = players[name]!;
  const missing = sees.find((other) => !Object.hasOwn(players, other) || other === name);
  if (missing !== undefined) {
    throw new RangeError(
      `Cannot train players: "${name}" wants to see "${missing}", which must be one of the others: ` +
        Object.keys(players).filter((other) => other !== name).join(", "),
    );
  }
  if (Number.isInteger(updates) && updates >= 1) return;
  throw new RangeError(
    `Cannot train players: "${name}" must take a positive number of updates in a step, not ${updates}`,
  );
}
