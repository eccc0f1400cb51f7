/** Parameters that came later: a value that does what was done before leaves old results valid. */

import type { Json } from "../../artifacts/weights.ts";
import { canonicalJson } from "../key/canonical_json.ts";
import type { AnyStage } from "../stage.ts";

type Params = { readonly [name: string]: Json };

/** The parameters without those that have their legacy default, at any depth. */
export function omitLegacyDefaults(params: Params, { legacyDefaults }: AnyStage): Params {
  return legacyDefaults === undefined ? params : omit(params, legacyDefaults);
}

/** The inverse: what a key document means by the parameters it does not name. */
export function fillLegacyDefaults(params: Params, { legacyDefaults }: AnyStage): Params {
  return legacyDefaults === undefined ? params : fill(params, legacyDefaults);
}

function omit(params: Params, legacy: Readonly<Record<string, unknown>>): Params {
  const kept = Object.entries(params).flatMap(([name, value]) => {
    const old = legacy[name];
    if (old === undefined) return [[name, value] as const];
    if (canonicalJson(value) === canonicalJson(old)) return [];
    return [[name, isMap(value) && isMap(old) ? omit(value, old) : value] as const];
  });
  return Object.fromEntries(kept);
}

function fill(params: Params, legacy: Readonly<Record<string, unknown>>): Params {
  const filled: Record<string, Json> = { ...params };
  for (const [name, old] of Object.entries(legacy)) {
    const value = filled[name];
    // What a stage declares as a default is a parameter's value, hence JSON.
    if (value === undefined) filled[name] = old as Json;
    else if (isMap(value) && isMap(old)) filled[name] = fill(value, old);
  }
  return filled;
}

function isMap(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
