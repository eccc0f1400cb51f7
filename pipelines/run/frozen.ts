/** Whether a plan and its results are those of a lock file. */

import type { Json } from "../../artifacts/weights.ts";
import { canonicalJson, toJson } from "../key/canonical_json.ts";
import { type KeyContext, keyOf } from "../key/fingerprint.ts";
import { hashedPart, type LockedStage, type LockFile } from "./lock_file.ts";
import type { Plan, PlannedStage } from "../plan/plan.ts";
import type { Action } from "../store/store.ts";

/** What `--frozen` found; exit code 6. */
export class FrozenError extends Error {
  override readonly name = "FrozenError";
}

/**
 * What differs before anything runs: stages that one of the two does not have, and keys. The key of a
 * stage is computed from the locked results of those before it, so the first difference is named where it
 * is and not in all that follows.
 */
export async function planDifferences(
  plan: Plan,
  { stages }: LockFile,
  keys: KeyContext,
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const planned of plan.stages) {
    const locked = own(stages, planned.name);
    if (locked === undefined) {
      differences.push(`Stage "${planned.name}" is not in the lock file`);
      continue;
    }
    const inputs = lockedInputs(planned, stages);
    if (inputs === undefined) continue;
    const { key, document } = await keyOf(planned, inputs, keys);
    if (key === locked.key) continue;
    const changes = changesBetween(locked.document, hashedPart(toJson(document)));
    const why = changes.length === 0 ? "" : `: ${changes.join(", ")}`;
    differences.push(
      `Stage "${planned.name}": the lock file has key ${locked.key}, but it is ${key}${why}`,
    );
  }
  const names = new Set(plan.stages.map(({ name }) => name));
  const extra = Object.keys(stages).filter((name) => !names.has(name));
  return [
    ...differences,
    ...extra.map((name) => `Stage "${name}" of the lock file is not in the config`),
  ];
}

/** What is wrong with a result; undefined when every output is the locked one. */
export function resultDifference(
  { name }: PlannedStage,
  { outputs }: Action,
  { stages }: LockFile,
): string | undefined {
  const locked = own(stages, name)?.outputs ?? {};
  const ports = [...new Set([...Object.keys(locked), ...Object.keys(outputs)])].sort();
  const wrong = ports.filter((port) => own(locked, port) !== own(outputs, port)?.digest);
  if (wrong.length === 0) return undefined;
  return wrong.map((port) =>
    `Output "${port}" of stage "${name}": the lock file has digest ${
      own(locked, port) ?? "none"
    }, ` +
    `but it is ${own(outputs, port)?.digest ?? "missing"}`
  ).join("; ");
}

/** Undefined when a stage before this one is not locked: that is said already. */
function lockedInputs(
  planned: PlannedStage,
  stages: LockFile["stages"],
): Readonly<Record<string, string>> | undefined {
  const inputs: Record<string, string> = {};
  for (const [port, edge] of planned.inputs) {
    const digest = own(own(stages, edge.stage)?.outputs ?? {}, edge.output);
    if (digest === undefined) return undefined;
    inputs[port] = digest;
  }
  return inputs;
}

/** `with.steps 1200 -> 50`, by field. */
function changesBetween(
  before: LockedStage["document"],
  after: LockedStage["document"],
): readonly string[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const fields = [...new Set([...old.keys(), ...now.keys()])].sort();
  return fields.filter((field) => old.get(field) !== now.get(field)).map((field) => {
    const shown = (text: string | undefined) =>
      text?.replace(/^"([0-9a-f]{12})[0-9a-f]{52}"$/, "$1");
    return `${field} ${shown(old.get(field)) ?? "(none)"} -> ${shown(now.get(field)) ?? "(none)"}`;
  });
}

/** Values as JSON, by the name a config has for them. */
function leavesOf(document: LockedStage["document"]): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const names: Readonly<Record<string, string>> = { params: "with", files: "content of with" };
  const collect = (path: string, value: Json) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      leaves.set(path, canonicalJson(value));
      return;
    }
    for (const [key, item] of Object.entries(value)) collect(`${path}.${key}`, item);
  };
  for (const [field, value] of Object.entries(document)) collect(names[field] ?? field, value);
  return leaves;
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
