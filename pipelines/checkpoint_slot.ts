/** The latest checkpoint of a stage that is not finished, in a folder of the store. */

import { z } from "zod";
import { stableJson } from "../artifacts/stable_json.ts";
import { digestOf } from "./digest.ts";
import { removeIfThere, writeDurably } from "./durable_file.ts";
import type { Checkpoint, CheckpointSlot } from "./stage.ts";

const INDEX = "checkpoint.json";

const indexSchema = z.strictObject({
  step: z.int().nonnegative(),
  files: z.array(z.strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/),
    /** Name in the folder: it has the step in it, so that no save overwrites the last one's files. */
    stored: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/),
    sha256: z.string(),
  })),
});

/**
 * A slot in `folder`. The index is written last and replaced by renaming: a crash at any moment leaves
 * the old checkpoint or the new one, and a checkpoint whose files do not match is dropped.
 */
export function checkpointSlot(folder: string, temporary: string): CheckpointSlot {
  return {
    load: () => Promise.resolve(load(folder)),
    save: (checkpoint) => Promise.resolve(save(folder, temporary, checkpoint)),
  };
}

function load(folder: string): Checkpoint | undefined {
  try {
    const text = Deno.readTextFileSync(`${folder}/${INDEX}`);
    const { step, files } = indexSchema.parse(JSON.parse(text));
    const loaded = new Map<string, Uint8Array>();
    for (const { name, stored, sha256 } of files) {
      const bytes = Deno.readFileSync(`${folder}/${stored}`);
      if (digestOf(bytes) !== sha256) return undefined;
      loaded.set(name, bytes);
    }
    return { step, files: loaded };
  } catch (error) {
    const isDamaged = error instanceof Deno.errors.NotFound || error instanceof SyntaxError ||
      error instanceof z.ZodError;
    if (isDamaged) return undefined;
    throw error;
  }
}

function save(folder: string, temporary: string, { step, files }: Checkpoint): void {
  // Not only the step: a stage that starts again from nothing may save a step that is there already.
  const prefix = `${step}-${crypto.randomUUID().slice(0, 8)}-`;
  const index = [...files].map(([name, bytes]) => {
    writeDurably(`${folder}/${prefix}${name}`, bytes, { temporary });
    return { name, stored: `${prefix}${name}`, sha256: digestOf(bytes) };
  });
  writeDurably(`${folder}/${INDEX}`, stableJson({ step, files: index }), { temporary });
  const kept = new Set([INDEX, ...index.map(({ stored }) => stored)]);
  for (const { name } of Deno.readDirSync(folder)) {
    if (!kept.has(name)) removeIfThere(`${folder}/${name}`);
  }
}
