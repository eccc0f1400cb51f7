/** Keeping secrets out of everything that a run says and keeps. */

/** Removes secrets from a text. */
export type Redact = (text: string) => string;

/** Where there are no secrets. */
export const asItIs: Redact = (text) => text;

/** Values of environment variables that nobody may see, by name. */
export type Secrets = ReadonlyMap<string, string>;

/** A shorter value would be found everywhere. */
export const SHORTEST_SECRET = 6;

const COVER = "[secret]";

/**
 * Replaces the values, each line of one that has several, and their JSON, URL and base64 forms by `[secret]`.
 * Values of fewer than 6 characters are left alone.
 */
export function redactor(values: Iterable<string>): Redact {
  const forms = new Set([...values].flatMap(formsOf));
  if (forms.size === 0) return asItIs;
  // The longest first: a secret may contain another.
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(sorted.map(RegExp.escape).join("|"), "g");
  return (text) => text.replace(pattern, COVER);
}

/** Fields whose texts are chosen by this program, and looked at by it. */
const WORDS_OF_OURS: ReadonlySet<string> = new Set(["kind", "state", "status", "cause"]);

/** The same data with all its texts redacted, keys too; bytes are left as they are. */
export function redactAll<Value>(value: Value, redact: Redact): Value {
  if (redact === asItIs) return value;
  // The shape stays, only texts change, which no type here tells apart.
  return redactData(value, redact) as Value;
}

function redactData(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactData(item, redact));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      redact(key),
      WORDS_OF_OURS.has(key) ? item : redactData(item, redact),
    ]),
  );
}

/** An error that says the same without the secrets. */
export function redactError(error: unknown, redact: Redact): unknown {
  if (!(error instanceof Error)) return typeof error === "string" ? redact(error) : error;
  error.message = redact(error.message);
  if (error.stack !== undefined) error.stack = redact(error.stack);
  return error;
}

function formsOf(value: string): string[] {
  return [value, ...value.split(/\r?\n/)].map((text) => text.trim())
    .filter((text) => text.length >= SHORTEST_SECRET)
    .flatMap((text) => [
      text,
      JSON.stringify(text).slice(1, -1),
      // As in a printed object, between single quotes.
      text.replaceAll("\\", "\\\\"),
      encodeURIComponent(text.toWellFormed()),
      base64Of(text),
    ]);
}

/** Without padding: what follows in the encoded text is not known. */
function base64Of(text: string): string {
  return new TextEncoder().encode(text).toBase64().replace(/=+$/, "");
}
