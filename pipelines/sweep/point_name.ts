/** Names of the points of a sweep: `model@lr=0.001,seed=2`. */

import { digestOf } from "../key/digest.ts";
import { complaintAboutName } from "../config/name_rule.ts";

/** What may follow the "@": it becomes part of file names. */
const pointRule = /^[A-Za-z0-9_.,=+~-]{1,150}$/;

/** Longer texts are cut and end in a digest, so that a file name stays below what systems allow. */
const maxLength = 120;

/** `lr=0.001,seed=2`. @param labels Variable and short text of its value, in order. */
export function pointText(labels: Iterable<readonly [string, string]>): string {
  const text = Array.from(labels, ([variable, label]) => `${variable}=${label}`).join(",");
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength - 9)}~${digestOf(text).slice(0, 8)}`;
}

/** The stage that a point of it was made from: `model@lr=0.001` -> `model`. */
export function baseName(name: string): string {
  const at = name.indexOf("@");
  return at < 0 ? name : name.slice(0, at);
}

/** `stage.output` -> both; a point's name may have dots, so its output follows the last one. */
export function splitReference(from: string): readonly string[] {
  if (!from.includes("@")) return from.split(".");
  const dot = from.lastIndexOf(".");
  // A value such as 0.001 has a dot too: what follows it is no output.
  if (dot < from.indexOf("@")) return [from];
  return [from.slice(0, dot), from.slice(dot + 1)];
}

/** What is wrong with a stage's name, or undefined. @param isPoint Whether the stage says its `point`. */
export function complaintAboutStageName(name: string, isPoint: boolean): string | undefined {
  const base = baseName(name);
  const complaint = complaintAboutName("A stage's name", isPoint ? base : name);
  if (complaint !== undefined || !isPoint) return complaint;
  if (base !== name && pointRule.test(name.slice(base.length + 1))) return undefined;
  return 'A stage with a "point" must be called like stage@variable=value';
}

/**
 * Short text of a value, safe in file names: scalars as they are where that is safe, others by their
 * place among the variable's values, as DVC does: `lr0`.
 */
export class Labels {
  readonly #byId = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #variable: string;

  constructor(variable: string) {
    this.#variable = variable;
  }

  /** @param id Equal for equal values. @param scalar The value, when it is a scalar. */
  of(id: string, scalar: string | undefined): string {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    let label = `${this.#variable}${this.#byId.size}`;
    if (scalar !== undefined && /^[A-Za-z0-9_.+-]{1,32}$/.test(scalar)) label = scalar;
    // Files of "Adam" and "adam" would be one where the disk ignores case.
    if (this.#taken.has(label.toLowerCase())) label = `${this.#variable}${this.#byId.size}`;
    while (this.#taken.has(label.toLowerCase())) label += "_";
    this.#taken.add(label.toLowerCase());
    this.#byId.set(id, label);
    return label;
  }
}
