/** The resolved configs of runs, field by field. */

import type { Json } from "../artifacts/weights.ts";
import { alignColumns } from "./align_columns.ts";

export interface ConfigField {
  /** `stages.train.with.steps`; for equal changes at points of a sweep `stages.train@*.with.steps`. */
  readonly field: string;
  /** By run; undefined where the field is not there. */
  readonly values: readonly (Json | undefined)[];
  /** Stages of a sweep that changed like this; 1 for others. */
  readonly points: number;
}

/** Fields that are not equal in all runs, in the order of the first config that has them. */
export function compareConfigs(configs: readonly Json[]): readonly ConfigField[] {
  const leaves = configs.map((config) => leavesOf(config));
  const fields = new Set(leaves.flatMap((own) => [...own.keys()]));
  const changed = [...fields].flatMap((field) => {
    const values = leaves.map((own) => own.get(field));
    const texts = new Set(values.map((value) => JSON.stringify(value)));
    return texts.size === 1 ? [] : [{ field, values }];
  });
  const missing = stagesNotEverywhere(configs);
  const kept = changed.filter(({ field }) => !missing.has(stageOf(field) ?? ""));
  const whole = [...missing].map(([stage, values]) => ({ field: `stages.${stage}`, values }));
  return fold([...kept, ...whole]);
}

/** Lines for a person. @param letters Names of the runs. */
export function configText(fields: readonly ConfigField[], letters: readonly string[]): string {
  if (fields.length === 0) return "config  equal in every field\n";
  const rows = fields.map(({ field, values, points }) => [
    points > 1 ? `  ${field} (${points} points)` : `  ${field}`,
    ...values.map(shown),
  ]);
  const left = new Set([0, ...letters.map((_, i) => i + 1)]);
  const lines = alignColumns([["config", ...letters], ...rows], left);
  return lines.map((line) => `${line}\n`).join("");
}

function shown(value: Json | undefined): string {
  if (value === undefined) return "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** Lists are one value: an item that moved would otherwise change all after it. */
function leavesOf(config: Json): ReadonlyMap<string, Json> {
  const leaves = new Map<string, Json>();
  const open: (readonly [string, Json])[] = [["", config]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      leaves.set(path, value);
    } else {
      const entries = Object.entries(value).toReversed();
      for (const [key, item] of entries) open.push([path === "" ? key : `${path}.${key}`, item]);
    }
  }
  return leaves;
}

/** Names of stages have dots where values of a sweep have. */
function stageOf(field: string): string | undefined {
  return /^stages\.((?:[^.@]+)(?:@.*?)?)\.(?:uses|with|inputs|resources|retry|timeout|seed|point)\b/
    .exec(field)?.[1];
}

function stagesNotEverywhere(
  configs: readonly Json[],
): ReadonlyMap<string, readonly (Json | undefined)[]> {
  const tables = configs.map((config) => {
    const stages = isMap(config) ? config["stages"] : undefined;
    return isMap(stages) ? stages : {};
  });
  const names = new Set(tables.flatMap((table) => Object.keys(table)));
  const found = new Map<string, readonly (Json | undefined)[]>();
  for (const name of names) {
    if (tables.every((table) => Object.hasOwn(table, name))) continue;
    found.set(name, tables.map((table) => usesOf(table[name])));
  }
  return found;
}

function usesOf(stage: Json | undefined): Json | undefined {
  return isMap(stage) ? stage["uses"] : undefined;
}

function isMap(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function fold(
  changes: readonly { readonly field: string; readonly values: readonly (Json | undefined)[] }[],
): readonly ConfigField[] {
  const groups = Map.groupBy(changes, ({ field, values }) => {
    const stage = stageOf(field) ?? /^stages\.(.*)$/s.exec(field)?.[1];
    if (!stage?.includes("@")) return field;
    return JSON.stringify([allPoints(field, stage), values.map((value) => JSON.stringify(value))]);
  });
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const stage = stageOf(first.field) ?? /^stages\.(.*)$/s.exec(first.field)?.[1] ?? "";
    const field = group.length > 1 ? allPoints(first.field, stage) : first.field;
    return [{ field, values: first.values, points: group.length }];
  });
}

function allPoints(field: string, stage: string): string {
  return field.replace(stage, stage.replace(/@.*$/s, "@*"));
}
