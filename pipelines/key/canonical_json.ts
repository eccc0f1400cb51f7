/** One text per value: what is hashed must not depend on key order, spacing or Unicode form. */

import type { Json } from "../../artifacts/weights.ts";

/**
 * JSON with sorted keys, no spaces, strings in Unicode NFC and the shortest number that reads back
 * equal (ECMAScript's own, as RFC 8785 requires).
 *
 * Keys sort by UTF-16 code units after normalisation.
 * @throws {TypeError} For whatever JSON would drop, merge or change in silence: undefined, NaN,
 * infinities, -0, bigint, functions, symbols, dates, bytes, instances of classes, sparse arrays,
 * lone surrogates, and two keys that become one under NFC. The error names the path.
 */
export function canonicalJson(value: unknown): string {
  return write(value, "$");
}

/** Parses to a `Json` whose canonical text is that of the value; a deep copy that holds no surprises. */
export function toJson(value: unknown): Json {
  return JSON.parse(canonicalJson(value)) as Json;
}

function write(value: unknown, path: string): string {
  switch (typeof value) {
    case "boolean":
      return value ? "true" : "false";
    case "string":
      return writeString(value, path);
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return JSON.stringify(value);
      throw refuse(path, Object.is(value, -0) ? "-0" : String(value));
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return writeArray(value, path);
      return writeObject(value, path);
    default:
      throw refuse(path, typeof value);
  }
}

function writeString(text: string, path: string): string {
  if (!text.isWellFormed()) throw refuse(path, "a string with a lone surrogate");
  return JSON.stringify(text.normalize("NFC"));
}

function writeArray(items: readonly unknown[], path: string): string {
  // Array.from visits holes too, as undefined, which write() refuses.
  return `[${Array.from(items, (item, index) => write(item, `${path}[${index}]`)).join(",")}]`;
}

function writeObject(value: object, path: string): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refuse(path, `an instance of ${value.constructor?.name ?? "an unnamed class"}`);
  }
  const entries = Object.entries(value)
    .map(([key, item]) => [key.normalize("NFC"), item] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const parts = entries.map(([key, item], index) => {
    if (index > 0 && entries[index - 1]?.[0] === key) throw refuse(path, `key "${key}" twice`);
    return `${writeString(key, path)}:${write(item, `${path}.${key}`)}`;
  });
  return `{${parts.join(",")}}`;
}

function refuse(path: string, found: string): TypeError {
  return new TypeError(`Cannot write canonical JSON: ${path} must be plain JSON, but is ${found}`);
}
