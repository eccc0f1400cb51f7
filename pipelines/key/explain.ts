/** Why a stage must run: how its key document differs from the nearest one that has a result. */

import type { Json } from "../../artifacts/weights.ts";
import type { Code } from "./code_digests.ts";
import { nodeAt } from "../config/config_node.ts";
import { digestOfCode, type KeyDocument } from "./fingerprint.ts";
import { fillLegacyDefaults } from "../plan/legacy_defaults.ts";
import type { PlannedStage } from "../plan/plan.ts";
import { describeOrigin, type Origin } from "../config/source.ts";
import type { AnyStage } from "../stage.ts";

/** One field of the key that is not what it was. */
export interface KeyChange {
  /** As in the config where it is in the config: `with.steps`, `inputs.clips`, `seed`; `code models/x.ts`. */
  readonly field: string;
  /** Undefined when the field was not there. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Which of the two values no config writes: it is a default of the stage. */
  readonly default?: "before" | "after" | "both";
  /** Where the new value is written: `configs/x.yaml:14:9`; undefined for a default. */
  readonly at?: string;
  /** Of an input: the stage and output that it is connected to. */
  readonly from?: string;
}

/** Stands for the content of an input that does not exist yet; no content has this digest. */
export const unknownDigest = "0".repeat(64);

/** Fields that differ, in the order of the document. */
export function explainChanges(
  before: KeyDocument,
  after: KeyDocument,
  planned: PlannedStage,
): readonly KeyChange[] {
  const [old, now] = [before, after].map((document) => leavesOf(document, planned.stage));
  const fields = new Set([...now?.keys() ?? [], ...old?.keys() ?? []]);
  return [...fields].flatMap((field) => {
    const values = { before: old?.get(field), after: now?.get(field) };
    if (isEqual(values.before, values.after)) return [];
    if (field === "code") return codeChanges(before.code, after.code);
    return [{ field, ...values, ...defaultsOf(field, before, after), ...placeOf(field, planned) }];
  });
}

/**
 * Of documents of the same stage the one with the most equal fields; the first of equals. Undefined
 * when the stage has no result at all.
 */
export function nearestDocument(
  document: KeyDocument,
  candidates: Iterable<KeyDocument>,
  stage: AnyStage,
): KeyDocument | undefined {
  const wanted = leavesOf(document, stage);
  let best: { document: KeyDocument; score: number } | undefined;
  for (const candidate of candidates) {
    if (candidate.stage.id !== document.stage.id) continue;
    const score = similarity(wanted, leavesOf(candidate, stage));
    if (best === undefined || score > best.score) best = { document: candidate, score };
  }
  return best?.document;
}

/** The document that a store kept as plain JSON; undefined when it is of another format. */
export function asKeyDocument(json: Json): KeyDocument | undefined {
  if (!isRecord(json) || json["format"] !== 2) return undefined;
  const parts = ["stage", "params", "files", "inputs", "outputs"];
  if (!parts.every((part) => isRecord(json[part])) || !Array.isArray(json["written"])) {
    return undefined;
  }
  if (json["code"] !== null && !isRecord(json["code"])) return undefined;
  // The store checked the record's digest; format 2 is this interface and nothing else.
  return json as Json & KeyDocument;
}

function isRecord(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Each module that changed, appeared or went; in one line where there was no code to compare with. */
function codeChanges(before: Code | null, after: Code | null): readonly KeyChange[] {
  if (before === null || after === null) {
    const count = (code: Code | null) => {
      const names = Object.keys(code ?? {});
      return names.length === 0
        ? undefined
        : names.length === 1
        ? names[0]
        : `${names.length} modules`;
    };
    return [{ field: "code", before: count(before), after: count(after) }];
  }
  const known = knownChanges.get(after)?.get(before);
  if (known !== undefined) return known;
  const changes = [...new Set([...Object.keys(after), ...Object.keys(before)])]
    .filter((name) => before[name] !== after[name])
    .sort()
    .map((name) => ({ field: `code ${name}`, before: before[name], after: after[name] }));
  if (!knownChanges.has(after)) knownChanges.set(after, new WeakMap());
  knownChanges.get(after)?.set(before, changes);
  return changes;
}

/** By the code of now and of then: thousands of stages may share both. */
const knownChanges = new WeakMap<Code, WeakMap<Code, readonly KeyChange[]>>();

function defaultsOf(
  field: string,
  before: KeyDocument,
  after: KeyDocument,
): Pick<KeyChange, "default"> {
  if (!field.startsWith("with.")) return {};
  const path = field.slice("with.".length);
  const [wasWritten, isWritten] = [before.written.includes(path), after.written.includes(path)];
  if (wasWritten) return isWritten ? {} : { default: "after" };
  return { default: isWritten ? "before" : "both" };
}

function placeOf(field: string, planned: PlannedStage): Pick<KeyChange, "at" | "from"> {
  const origin = originOf(field, planned);
  const port = /^inputs\.(.*)$/.exec(field)?.[1];
  const edge = port === undefined ? undefined : planned.inputs.get(port);
  return {
    ...(origin === undefined ? {} : { at: describeOrigin(origin) }),
    ...(edge === undefined ? {} : { from: `${edge.stage}.${edge.output}` }),
  };
}

function originOf(field: string, planned: PlannedStage): Origin | undefined {
  const [root, ...path] = field.replace(/^content of /, "").split(".");
  if (root === "with") return nodeAt(planned.config.with, path)?.origin;
  if (root === "inputs") return planned.config.inputs.get(path[0] ?? "")?.origin;
  return root === "seed" ? planned.runSeedOrigin : undefined;
}

const knownLeaves = new WeakMap<KeyDocument, ReadonlyMap<string, Json>>();

/** Leaves by field name; lists count as leaves, they are replaced whole, and so does all code. */
function leavesOf(document: KeyDocument, stage: AnyStage): ReadonlyMap<string, Json> {
  const known = knownLeaves.get(document);
  if (known !== undefined) return known;
  const leaves = collectLeaves(document, stage);
  knownLeaves.set(document, leaves);
  return leaves;
}

function collectLeaves(document: KeyDocument, stage: AnyStage): ReadonlyMap<string, Json> {
  const { code, params, files, inputs, seed, engine, outputs } = document;
  const leaves = new Map<string, Json>([["stage.version", document.stage.version]]);
  collect(leaves, "with", fillLegacyDefaults(params, stage));
  collect(leaves, "content of with", files);
  collect(leaves, "inputs", inputs);
  leaves.set("seed", seed);
  leaves.set("code", code === null ? null : digestOfCode(code));
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
  if (a === b) return true;
  // Only lists can be equal without being the same.
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}
