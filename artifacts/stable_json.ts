/**
 * JSON with one spelling per value, for the metadata of artifacts: keys sorted by code unit, no white space.
 *
 * Unlike the canonical JSON of cache keys it changes nothing: every string and every finite number,
 * `-0` included, reads back as it was, so that decoding an artifact gives the value that was encoded.
 */

/**
 * The text of a value that JSON can hold, as UTF-8; members that are `undefined` are left out.
 *
 * @throws {TypeError} Naming the path of anything that JSON cannot hold: NaN, infinities, dates, typed arrays, ...
 */
export function stableJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(stableJsonText(value));
}

/** `stableJson` before it is encoded as UTF-8. */
export function stableJsonText(value: unknown): string {
  return write(value, "$");
}

function write(value: unknown, path: string): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "number":
      if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : JSON.stringify(value);
      throw new TypeError(`Cannot write JSON: ${path} must be a finite number, but it is ${value}`);
    case "object":
      return writeObject(value, path);
    default:
      throw new TypeError(
        `Cannot write JSON: ${path} must be a JSON value, but it is ${typeof value}`,
      );
  }
}

function writeObject(value: object | null, path: string): string {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, index) => write(item, `${path}[${index}]`)).join(",")}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `Cannot write JSON: ${path} must be a JSON value, but it is a ${value.constructor.name}`,
    );
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, member]) => `${JSON.stringify(name)}:${write(member, `${path}.${name}`)}`);
  return `{${members.join(",")}}`;
}
