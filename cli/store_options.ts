/** Values of options that limit a store. */

import { InvalidArgumentError } from "commander";
import { parseDuration } from "../pipelines/config/quantity.ts";
import { parseBytes } from "./format_bytes.ts";

/** Bytes. @throws {InvalidArgumentError} */
export function byteSize(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError('It must be a size such as "20GiB".');
  return bytes;
}

/** Seconds; 0 is allowed. @throws {InvalidArgumentError} */
export function timeSpan(text: string): number {
  const seconds = /^0[dhms]$/.test(text) ? 0 : parseDuration(text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError('It must be a time such as "30d", "12h" or "90m".');
}
