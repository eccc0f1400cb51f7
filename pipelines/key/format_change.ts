/** A change of a key in one line. */

import type { Json } from "../../artifacts/weights.ts";
import { printable } from "../config/diagnostic.ts";
import { type KeyChange, unknownDigest } from "./explain.ts";

/**
 * `with.steps 1200 -> 50 (configs/x.yaml:14:9)`, `default of with.ema 0.999 -> 0.9999`,
 * `inputs.clips 1a2b3c -> 4d5e6f (clips.train, configs/x.yaml:9:20)`, `code models/unet.ts changed`.
 *
 * Digests are cut to six characters.
 */
export function formatChange(change: KeyChange): string {
  const { field, before, after } = change;
  if (field.startsWith("code ") && !isPackage(before) && !isPackage(after)) {
    return `${field} ${
      before === undefined ? "added" : after === undefined ? "removed" : "changed"
    }`;
  }
  const isNewDefault = change.default === "both" && before !== undefined && after !== undefined;
  if (isNewDefault) return `default of ${field} ${formatValue(before)} -> ${formatValue(after)}`;
  const wasDefault = before !== undefined && change.default === "before";
  const isDefault = after !== undefined &&
    (change.default === "after" || change.default === "both");
  const places = [change.from, change.at, isDefault ? "default" : undefined];
  const place = places.filter((each) => each !== undefined).join(", ");
  return `${field} ${formatValue(before)}${wasDefault ? " (default)" : ""} -> ${
    formatValue(after)
  }` +
    (place === "" ? "" : ` (${place})`);
}

/** The first changes in one line, and how many more there are; undefined without changes. */
export function summariseChanges(changes: readonly KeyChange[]): string | undefined {
  if (changes.length === 0) return undefined;
  const more = changes.length > 2 ? `, ${changes.length - 2} more` : "";
  return `${changes.slice(0, 2).map(formatChange).join(", ")}${more}`;
}

/** A package is named with the version that `deno.json` pins; a module has a digest. */
function isPackage(value: Json | undefined): boolean {
  return typeof value === "string" && value.includes(":");
}

function formatValue(value: Json | undefined): string {
  if (value === undefined) return "(none)";
  if (value === unknownDigest) return "?";
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 6);
  const text = printable(JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
