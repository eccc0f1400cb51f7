/** Why a stage must run: how its key document differs from the nearest one that has a result. */

import type { Json } from "../artifacts/weights.ts";
import { nodeAt } from "./config_node.ts";
import type { KeyDocument } from "./fingerprint.ts";
import type { PlannedStage } from "./plan.ts";
import { describeOrigin, type Origin } from "./source.ts";

/** One field of the key that is not what it was. */
export interface KeyChange {
  /** As in the config where it is in the config: `with.steps`, `inputs.clips`, `seed`. */
  readonly field: string;
  /** Undefined when the field was not there. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Where the new value is written: `configs/x.yaml:14:9`; undefined for a default. */
  readonly at?: string;
}

/** Fields that differ, in the order of the document. */
export function explainChanges(
  before: KeyDocument,
  after: KeyDocument,
  planned: PlannedStage,
): readonly KeyChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const fields = new Set([...now.keys(), ...old.keys()]);
  return [...fields].filter((field) => !isEqual(old.get(field), now.get(field))).map((field) => {
    const at = originOf(field, planned);
    return {
      field,
      before: old.get(field),
      after: now.get(field),
      ...(at === undefined ? {} : { at: describeOrigin(at) }),
    };
  });
}

/** `with.steps 1200 -> 50 (configs/x.yaml:14:9)`; digests are cut to six characters. */
export function formatChange(change: KeyChange): string {
  const values = `${formatValue(change.before)} -> ${formatValue(change.after)}`;
  const isDefault = change.field.startsWith("with.") && change.after !== undefined;
  const place = change.at ?? (isDefault ? "default" : undefined);
  return `${change.field} ${values}${place === undefined ? "" : ` (${place})`}`;
}

/**
 * Of documents of the same stage the one with the most equal fields; the first of equals. Undefined
 * when the stage has no result at all.
 */
export function nearestDocument(
  document: KeyDocument,
  candidates: Iterable<KeyDocument>,
): KeyDocument | undefined {
  const wanted = leavesOf(document);
  let best: { document: KeyDocument; score: number } | undefined;
  for (const candidate of candidates) {
    if (candidate.stage.id !== document.stage.id) continue;
    const score = similarity(wanted, leavesOf(candidate));
    if (best === undefined || score > best.score) best = { document: candidate, score };
  }
  return best?.document;
}

/** The document that a store kept as plain JSON; undefined when it is of another format. */
export function asKeyDocument(json: Json): KeyDocument | undefined {
  if (!isRecord(json) || json["format"] !== 1) return undefined;
  const parts = ["stage", "params", "files", "inputs", "outputs"];
  if (!parts.every((part) => isRecord(json[part]))) return undefined;
  // The store checked the record's digest; format 1 is this interface and nothing else.
  return json as Json & KeyDocument;
}

function isRecord(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

const knownLeaves = new WeakMap<KeyDocument, ReadonlyMap<string, Json>>();

/** Leaves by field name; lists count as leaves, they are replaced whole. */
function leavesOf(document: KeyDocument): ReadonlyMap<string, Json> {
  const known = knownLeaves.get(document);
  if (known !== undefined) return known;
  const leaves = collectLeaves(document);
  knownLeaves.set(document, leaves);
  return leaves;
}

function collectLeaves(document: KeyDocument): ReadonlyMap<string, Json> {
  const { format, stage, params, files, inputs, seed, engine, outputs } = document;
  const leaves = new Map<string, Json>([["format", format], ["stage.version", stage.version]]);
  collect(leaves, "with", params);
  collect(leaves, "content of with", files);
  collect(leaves, "inputs", inputs);
  leaves.set("seed", seed);
  if (engine !== null) collect(leaves, "engine", { ...engine });
  collect(leaves, "outputs", outputs);
  return leaves;
}

function collect(leaves: Map<string, Json>, path: string, value: Json): void {
  if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) collect(leaves, `${path}.${key}`, item);
  } else {
    leaves.set(path, value);
  }
}

function similarity(a: ReadonlyMap<string, Json>, b: ReadonlyMap<string, Json>): number {
  let equal = 0;
  for (const [field, value] of a) if (isEqual(value, b.get(field))) equal++;
  return equal - Math.max(0, b.size - a.size) / 1000;
}

function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function originOf(field: string, planned: PlannedStage): Origin | undefined {
  const [root, ...path] = field.replace(/^content of /, "").split(".");
  if (root === "with") {
    const node = nodeAt(planned.config.with, path);
    return node?.origin;
  }
  if (root === "inputs") return planned.config.inputs.get(path[0] ?? "")?.origin;
  if (root === "seed") return planned.runSeedOrigin;
  return undefined;
}

function formatValue(value: Json | undefined): string {
  if (value === undefined) return "(none)";
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 6);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
