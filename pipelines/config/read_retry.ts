/** `retry: 2` or `retry: { times: 3, on: [timeout, lost], backoff: 5s }`. */

import { type ConfigNode, describeNode, type MapNode } from "./config_node.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import { parseDuration } from "./quantity.ts";
import { defaultRetry, type RetryCause, retryCauses, type RetryPolicy } from "../run/retry.ts";

const MOST_TIMES = 10;
const retryKeys: readonly string[] = ["times", "on", "backoff"];

/** Reads what is there; whatever is wrong goes to `diagnostics`, and a default takes its place. */
export function readRetry(node: ConfigNode | undefined, diagnostics: Diagnostics): RetryPolicy {
  if (node === undefined) return defaultRetry;
  if (node.kind !== "map") {
    return { ...defaultRetry, times: readTimes(node, '"retry"', diagnostics) };
  }
  for (const [key, { keyOrigin }] of node.entries) {
    if (retryKeys.includes(key)) continue;
    const hint = () => didYouMean(key, retryKeys);
    diagnostics.add(keyOrigin, `Unknown key "${key}" in "retry"`, hint);
  }
  const times = node.entries.get("times")?.node;
  if (times === undefined) diagnostics.add(node.origin, '"retry" must say how many "times"');
  return {
    times: times === undefined ? 0 : readTimes(times, '"times"', diagnostics),
    on: readCauses(node, diagnostics),
    backoffSeconds: readBackoff(node, diagnostics),
  };
}

function readTimes(node: ConfigNode, what: string, diagnostics: Diagnostics): number {
  const value = node.kind === "scalar" ? node.value : undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TIMES) {
    return value;
  }
  const found = describeNode(node);
  diagnostics.add(
    node.origin,
    `${what} must be an integer from 0 to ${MOST_TIMES}, but is ${found}`,
  );
  return 0;
}

function readCauses(map: MapNode, diagnostics: Diagnostics): readonly RetryCause[] {
  const node = map.entries.get("on")?.node;
  if (node === undefined) return defaultRetry.on;
  if (node.kind !== "list" || node.items.length === 0) {
    diagnostics.add(node.origin, `"on" must list causes, but is ${describeNode(node)}`);
    return defaultRetry.on;
  }
  return node.items.flatMap((item) => {
    const value = item.kind === "scalar" ? item.value : undefined;
    const cause = retryCauses.find((known) => known === value);
    if (cause !== undefined) return [cause];
    const message = `A cause must be ${retryCauses.join(", ")}, but is ${describeNode(item)}`;
    diagnostics.add(item.origin, message, () => didYouMean(String(value), retryCauses));
    return [];
  });
}

function readBackoff(map: MapNode, diagnostics: Diagnostics): number {
  const node = map.entries.get("backoff")?.node;
  if (node === undefined) return defaultRetry.backoffSeconds;
  const text = node.kind === "scalar" && typeof node.value === "string" ? node.value : "";
  const seconds = text === "0s" ? 0 : parseDuration(text);
  if (seconds !== undefined) return seconds;
  diagnostics.add(node.origin, `"backoff" must be like 5s or 1m, but is ${describeNode(node)}`);
  return defaultRetry.backoffSeconds;
}
