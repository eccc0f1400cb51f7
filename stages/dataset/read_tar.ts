/** Reading a .tar.gz that was downloaded or given. */

import { gunzipSync } from "node:zlib";

export interface TarLimits {
  /** Bytes after decompression, headers and all. */
  readonly bytes: number;
  readonly files: number;
}

const BLOCK = 512;

/**
 * Unpacks the regular files of a tar archive in memory, by path; folders, links and devices are left out.
 *
 * Formats: ustar and what GNU tar writes for paths below 100 characters.
 * @throws {SyntaxError} When it is no such archive, is cut off, has paths that lead elsewhere, or exceeds
 * a limit.
 */
export function readTarGz(bytes: Uint8Array, limits: TarLimits): ReadonlyMap<string, Uint8Array> {
  return readTar(gunzip(bytes, limits), limits);
}

function gunzip(bytes: Uint8Array, limits: TarLimits): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limits.bytes });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(
      `Cannot unpack archive: it must be gzip of at most ${limits.bytes} bytes: ${reason}`,
      { cause: error },
    );
  }
}

/** As `readTarGz`, without compression. The files are views of `bytes`. */
export function readTar(bytes: Uint8Array, limits: TarLimits): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  for (; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const { path, size, isFile } = parseHeader(header, at);
    const start = at + BLOCK;
    if (start + size > bytes.length) {
      throw fail(`"${path}" must have ${size} bytes, but the archive ends before`);
    }
    if (isFile) {
      if (files.has(path)) throw fail(`"${path}" comes twice`);
      if (files.size === limits.files) throw fail(`it must have at most ${limits.files} files`);
      files.set(path, bytes.subarray(start, start + size));
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw fail("it must end with a block of zeros, but is cut off");
}

function parseHeader(header: Uint8Array, at: number) {
  const sum = header.reduce(
    (total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte),
    0,
  );
  if (octal(header, 148, 8) !== sum) throw fail(`the header at byte ${at} has a wrong checksum`);
  const size = octal(header, 124, 12);
  if (size === undefined) throw fail(`the header at byte ${at} has no size`);
  const prefix = text(header, 257, 5) === "ustar" ? text(header, 345, 155) : "";
  const name = text(header, 0, 100);
  const path = (prefix === "" ? name : `${prefix}/${name}`).replace(/^(\.\/)+/, "");
  const type = text(header, 156, 1);
  const isFile = type === "" || type === "0";
  if (isFile) checkPath(path);
  return { path, size, isFile };
}

function checkPath(path: string): void {
  const isPlain = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain || path.includes("\\")) throw fail(`"${path}" must be a plain relative path`);
}

function text(header: Uint8Array, from: number, length: number): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Undefined when the field is no octal number. */
function octal(header: Uint8Array, from: number, length: number): number | undefined {
  const digits = text(header, from, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function fail(what: string): SyntaxError {
  return new SyntaxError(`Cannot unpack archive: ${what}`);
}
