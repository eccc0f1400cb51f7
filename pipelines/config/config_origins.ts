/** Where each value of a resolved config is written. */

import { Document, isCollection, isScalar } from "yaml";
import type { Json } from "../../artifacts/weights.ts";
import type { ConfigNode } from "./config_node.ts";
import type { Plan } from "../plan/plan.ts";
import { resolvedConfig } from "./resolved_config.ts";
import { describeOrigin } from "./source.ts";

export interface ValueOrigin {
  /** `["stages", "clips", "with", "digits"]`, of a value that is no map and in no list. */
  readonly path: readonly string[];
  /** `configs/x.yaml:5:3`, or the option; undefined for a default. */
  readonly at: string | undefined;
  /** Where `${params.x}` brought it. */
  readonly usedAt?: string;
}

/** The origins of all values of `resolvedConfig`, in its order. */
export function configOrigins(plan: Plan): readonly ValueOrigin[] {
  return originsBelow([], resolvedConfig(plan), plan.config.tree);
}

/** The resolved config as YAML that says beside each value where it is written. */
export function configTextWithOrigins(plan: Plan): string {
  const document = new Document(resolvedConfig(plan), { aliasDuplicateObjects: false });
  for (const { path, at, usedAt } of configOrigins(plan)) {
    const node = document.getIn(path, true);
    if (!isScalar(node) && !isCollection(node)) continue;
    // A list in brackets has room for a comment behind it.
    if (isCollection(node)) node.flow = true;
    node.comment = ` ${at ?? "default"}${usedAt === undefined ? "" : `, used at ${usedAt}`}`;
  }
  return document.toString({ lineWidth: 0 });
}

function originsBelow(
  path: readonly string[],
  value: Json,
  node: ConfigNode | undefined,
): readonly ValueOrigin[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{
      path,
      at: node && describeOrigin(node.origin),
      ...(node?.usedAt === undefined ? {} : { usedAt: describeOrigin(node.usedAt) }),
    }];
  }
  return Object.entries(value).flatMap(([key, item]) => {
    // A schema may make a map of a scalar: then all of it is written there.
    const inner = node?.kind === "map" ? node.entries.get(key)?.node : node;
    return originsBelow([...path, key], item, inner);
  });
}
