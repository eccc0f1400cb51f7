/** The JSON file that an artifact keeps beside its arrays. */

import type { z } from "zod";
import type { ArtifactFiles } from "./artifact.ts";

/** Of a file of JSON: curves of a long training have some megabytes. */
const MAX_JSON_BYTES = 2 ** 26;

/**
 * Reads one JSON file of an artifact and checks it.
 *
 * @throws {SyntaxError} Naming the file and the first field that is wrong.
 */
export async function readMetadata<Schema extends z.ZodType>(
  files: ArtifactFiles,
  name: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const bytes = await files.read(name);
  if (bytes.length > MAX_JSON_BYTES) {
    throw new SyntaxError(
      `Cannot read "${name}": it must have at most ${MAX_JSON_BYTES} bytes, but it has ${bytes.length}`,
    );
  }
  const text = new TextDecoder().decode(bytes);
  const parsed = checkJson(name, parseJson(name, text), schema);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  throw new SyntaxError(`Cannot read "${name}": field "${field}": ${issue?.message}`);
}

function checkJson<Schema extends z.ZodType>(name: string, value: unknown, schema: Schema) {
  try {
    return schema.safeParse(value);
  } catch (error) {
    // Checking recurses; reading JSON does not.
    if (!(error instanceof RangeError)) throw error;
    throw new SyntaxError(`Cannot read "${name}": it nests too deep`, { cause: error });
  }
}

/**
 * Gives errors from decoding a file the file's name.
 *
 * @throws {SyntaxError} Naming the file, with the decoder's error as its cause.
 */
export async function readEncoded<Value>(
  files: ArtifactFiles,
  name: string,
  decode: (bytes: Uint8Array) => Value,
): Promise<Value> {
  const bytes = await files.read(name);
  try {
    return decode(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read "${name}": ${reason}`, { cause: error });
  }
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read "${name}": it must be JSON: ${reason}`, { cause: error });
  }
}
