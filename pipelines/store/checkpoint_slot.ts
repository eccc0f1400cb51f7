/** The last checkpoints of a stage that is not finished, in a folder of the store. */

import { z } from "zod";
import { stableJson } from "../../artifacts/stable_json.ts";
import { digestOf } from "../key/digest.ts";
import { removeIfThere, writeDurably } from "./durable_file.ts";
import type { Checkpoint, CheckpointSlot } from "../stage.ts";

export interface CheckpointSlotOptions {
  /** Folder for unfinished files. */
  readonly temporary: string;
  /** Whole checkpoints that stay, the newest among them; default 2. */
  readonly keep?: number;
  /** Told about each damaged checkpoint that `load` passes over. */
  readonly warn?: (message: string) => void;
}

const indexSchema = z.strictObject({
  step: z.int().nonnegative(),
  files: z.array(z.strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/),
    /** Name in the folder: it has the step in it, so that no save overwrites the last one's files. */
    stored: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/),
    sha256: z.string(),
  })),
  /** Of `step` and `files`; absent in the folders of version 0.1, which had one index. */
  sha256: z.string().exactOptional(),
});

/** `checkpoint-7.json`, numbered in the order of saving; `checkpoint.json` in the folders of version 0.1. */
const INDEX_NAME = /^checkpoint(?:-(\d+))?\.json$/;

/**
 * A slot in `folder`. Each checkpoint has an index, which is written after its files; a crash at any
 * moment leaves the older checkpoints as they were. The newest one whose files match is loaded.
 */
export function checkpointSlot(folder: string, options: CheckpointSlotOptions): CheckpointSlot {
  const damaged = new Set<string>();
  return {
    load: () => Promise.resolve(load(folder, damaged, options)),
    save: (checkpoint) => Promise.resolve(save(folder, damaged, options, checkpoint)),
  };
}

/** One sentence for each checkpoint in `folder` that could not be loaded. */
export function damagesOfCheckpoints(folder: string): string[] {
  return indicesOf(folder).flatMap((index) => {
    try {
      read(folder, index);
      return [];
    } catch (error) {
      if (!isDamage(error)) throw error;
      return [`Cannot continue from "${index}": ${error.message}`];
    }
  });
}

function load(
  folder: string,
  damaged: Set<string>,
  { warn }: CheckpointSlotOptions,
): Checkpoint | undefined {
  for (const index of indicesOf(folder)) {
    try {
      return read(folder, index);
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.add(index);
      warn?.(`Cannot continue from "${index}", so an older checkpoint is tried: ${error.message}`);
    }
  }
}

function read(folder: string, index: string): Checkpoint {
  const { step, files } = readIndex(folder, index);
  const loaded = new Map<string, Uint8Array>();
  for (const { name, stored, sha256 } of files) {
    const bytes = Deno.readFileSync(`${folder}/${stored}`);
    requireDigest(stored, sha256, digestOf(bytes));
    loaded.set(name, bytes);
  }
  return { step, files: loaded };
}

function save(
  folder: string,
  damaged: ReadonlySet<string>,
  { temporary, keep = 2 }: CheckpointSlotOptions,
  { step, files }: Checkpoint,
): void {
  const older = indicesOf(folder);
  // Not only the step: a stage that starts again from nothing may save a step that is there already.
  const prefix = `${step}-${crypto.randomUUID().slice(0, 8)}-`;
  const rows = [...files].map(([name, bytes]) => {
    writeDurably(`${folder}/${prefix}${name}`, bytes, { temporary });
    return { name, stored: `${prefix}${name}`, sha256: digestOf(bytes) };
  });
  const body = { step, files: rows };
  const index = `checkpoint-${numberOf(older[0] ?? "") + 1}.json`;
  const text = stableJson({ ...body, sha256: digestOf(stableJson(body)) });
  writeDurably(`${folder}/${index}`, text, { temporary });
  // A damaged one must not push a whole one out.
  const whole = older.filter((name) => !damaged.has(name)).flatMap((name) => {
    const stored = storedFiles(folder, name);
    return stored === undefined ? [] : [[name, ...stored]];
  });
  const kept = new Set([
    index,
    ...rows.map(({ stored }) => stored),
    ...whole.slice(0, keep - 1).flat(),
  ]);
  for (const { name } of Deno.readDirSync(folder)) {
    if (!kept.has(name)) removeIfThere(`${folder}/${name}`);
  }
}

/** Names of indices, the newest first. */
function indicesOf(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => INDEX_NAME.test(name))
      .sort((a, b) => numberOf(b) - numberOf(a));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function numberOf(index: string): number {
  return Number(INDEX_NAME.exec(index)?.[1] ?? 0);
}

function readIndex(folder: string, index: string): z.output<typeof indexSchema> {
  const text = Deno.readTextFileSync(`${folder}/${index}`);
  const { sha256, ...body } = indexSchema.parse(JSON.parse(text));
  if (sha256 !== undefined) requireDigest(index, sha256, digestOf(stableJson(body)));
  return body;
}

/** The files that an index names; undefined when it cannot be read. */
function storedFiles(folder: string, index: string): string[] | undefined {
  try {
    return readIndex(folder, index).files.map(({ stored }) => stored);
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

function requireDigest(name: string, expected: string, found: string): void {
  if (found === expected) return;
  throw new SyntaxError(`the digest of "${name}" must be ${expected}, but it is ${found}`);
}

function isDamage(error: unknown): error is Error {
  return error instanceof Deno.errors.NotFound || error instanceof SyntaxError ||
    error instanceof z.ZodError;
}
