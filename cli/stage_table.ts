/** The stages of this program, loaded when a verb needs them. */

import { existsSync } from "node:fs";
import type { AnyStage, StageTable } from "../pipelines/stage.ts";

/**
 * Loads the table, or of it what a config uses: stages bring tensor libraries along, which takes a while.
 *
 * @param uses Ids as a config has them. If one is of no stage, the whole table comes, for its names.
 */
export async function loadStageTable(uses?: Iterable<string>): Promise<StageTable> {
  const some = uses === undefined ? undefined : await loadSome(uses);
  if (some !== undefined) return some;
  const { stages } = await import("../stages/mod.ts");
  return stages;
}

async function loadSome(uses: Iterable<string>): Promise<StageTable | undefined> {
  const table: Record<string, AnyStage> = {};
  for (const id of new Set(uses)) {
    const stage = await loadStage(id);
    if (stage === undefined) return undefined;
    table[id] = stage;
  }
  return table;
}

/** By the rule of the house: the file of a stage has the path that its id says. */
async function loadStage(id: string): Promise<AnyStage | undefined> {
  if (!/^[a-z]+\/[a-z0-9_]+$/.test(id)) return undefined;
  const file = new URL(`../stages/${id}.ts`, import.meta.url);
  if (file.protocol !== "file:" || !existsSync(file)) return undefined;
  const exported = Object.values(await import(file.href) as Readonly<Record<string, unknown>>);
  return exported.find((value): value is AnyStage => isStage(value) && value.id === id);
}

function isStage(value: unknown): value is AnyStage {
  return typeof value === "object" && value !== null && "id" in value && "run" in value;
}
