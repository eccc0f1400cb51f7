/** Parameters as a config writes them -> complete parameters, or located diagnostics. */

import type { Json } from "../../artifacts/weights.ts";
import { toJson } from "../key/canonical_json.ts";
import type { StageConfig } from "../config/config.ts";
import { type ConfigNode, describeNode, nodeAt, plainValue } from "../config/config_node.ts";
import {
  describeExpected,
  hintForValue,
  type Issue,
  unfoldIssue,
} from "../config/describe_issue.ts";
import type { Diagnostics } from "../config/diagnostic.ts";
import { didYouMean } from "../config/did_you_mean.ts";
import { knownKeysAt } from "../config/schema_keys.ts";
import { describeOrigin, type Origin } from "../config/source.ts";
import type { AnyStage } from "../stage.ts";

export type Params = Readonly<Record<string, Json>>;

/**
 * Checks `with` against the stage's schema and fills in its defaults.
 *
 * @returns Undefined when something is wrong; every issue is then in `diagnostics`, at its value.
 * @throws {TypeError} When the schema makes something of the parameters that JSON cannot hold.
 */
export function checkParams(
  config: StageConfig,
  stage: AnyStage,
  diagnostics: Diagnostics,
): Params | undefined {
  const result = stage.params.safeParse(plainValue(config.with));
  if (!result.success) {
    for (const issue of result.error.issues.flatMap(unfoldIssue)) {
      reportIssue(issue, config, stage, diagnostics);
    }
    return undefined;
  }
  // Names of files keep their Unicode form: the disk may tell forms apart.
  const named = new Set<string>([...(stage.files ?? []), ...(stage.folders ?? [])]);
  return Object.fromEntries(
    Object.entries(result.data).map(([name, value]) => [
      name,
      named.has(name) ? value as Json : toJson(value),
    ]),
  );
}

function reportIssue(
  issue: Issue,
  config: StageConfig,
  stage: AnyStage,
  diagnostics: Diagnostics,
): void {
  const node = nodeAt(config.with, issue.path);
  const path = showPath(issue.path);
  const subject = `Cannot plan stage "${config.name}"`;
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      const entry = node?.kind === "map" ? node.entries.get(key) : undefined;
      const origin = entry?.keyOrigin ?? config.with.origin;
      const known = () => didYouMean(key, knownKeysAt(stage.params, issue.path));
      diagnostics.add(origin, `${subject}: unknown key "${key}" in ${path} of ${stage.id}`, known);
    }
    return;
  }
  const expected = describeExpected(issue);
  if (expected === undefined) {
    // The stage's own rule, in its own words; the value may be a default that is written nowhere.
    const origin = node?.origin ?? nearestNode(config, issue.path);
    diagnostics.add(origin, `${subject}: ${path}: ${issue.message}`, () => node && usedAt(node));
  } else if (node === undefined) {
    const message = `${subject}: ${path} is missing, it must be ${expected}`;
    diagnostics.add(nearestNode(config, issue.path), message);
  } else {
    const message = `${subject}: ${path} must be ${expected}, but is ${describeFound(issue, node)}`;
    diagnostics.add(node.origin, message, () => joinHints(usedAt(node), hintOf(issue, node)));
  }
}

/** Where to point when a value is missing: the innermost map that should hold it. */
function nearestNode(config: StageConfig, path: readonly PropertyKey[]): Origin {
  for (let length = path.length - 1; length > 0; length--) {
    const node = nodeAt(config.with, path.slice(0, length));
    if (node !== undefined) return node.origin;
  }
  return config.with.entries.size > 0 ? config.with.origin : config.nameOrigin;
}

function describeFound(issue: Issue, node: ConfigNode): string {
  if (node.kind !== "list") return describeNode(node);
  const isCount = issue.code === "too_small" || issue.code === "too_big";
  return isCount ? `a list with ${node.items.length}` : "a list";
}

function hintOf(issue: Issue, node: ConfigNode): string | undefined {
  return node.kind === "scalar" ? hintForValue(issue, node.value) : undefined;
}

function usedAt(node: ConfigNode): string | undefined {
  return node.usedAt && `It is used at ${describeOrigin(node.usedAt)}`;
}

function joinHints(...hints: readonly (string | undefined)[]): string | undefined {
  const given = hints.filter((hint) => hint !== undefined);
  return given.length === 0 ? undefined : given.join(". ");
}

/** `with.model.channels[2]`. */
export function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (shown, step) => typeof step === "number" ? `${shown}[${step}]` : `${shown}.${String(step)}`,
    "with",
  );
}
