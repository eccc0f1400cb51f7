/**
 * Reading zip archives that anybody may have made: NumPy's .npz and PyTorch's .pth.
 *
 * Source: APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. The central
 * directory is the truth, because writers leave local headers empty; where a local header does speak, it
 * must say the same. Nothing is ever written to a path that an archive names.
 */

import { crc32, inflateRawSync } from "node:zlib";
import { damagedZip, readDirectory, type ZipEntry } from "./zip_directory.ts";

export interface ZipLimits {
  /** Refuse compressed entries. */
  readonly storedOnly?: boolean;
  /** Bytes of all entries together, decompressed; default 4 GiB. */
  readonly maxBytes?: number;
  /** Bytes of one entry that is read, decompressed; default 2 GiB. */
  readonly maxEntryBytes?: number;
}

export interface Zip {
  /** In the order of the directory. */
  readonly names: readonly string[];
  /** Bytes of an entry, decompressed; undefined when there is no such entry. */
  size(name: string): number | undefined;
  /**
   * The bytes of an entry; a stored entry's are a view into the archive.
   * @throws {SyntaxError} When there is no such entry, or its CRC-32 is another.
   */
  read(name: string): Uint8Array;
}

/** Deflate cannot do better: 258 bytes from a length code and a distance code of one bit each. */
const BEST_RATIO = 1032;

/**
 * Opens an archive; entries are read when asked for.
 * @throws {SyntaxError} When entries overlap, share a name, are encrypted, have a name that is not a plain
 * relative path, or claim more bytes than the limits or the compression allow.
 */
export function openZip(archive: Uint8Array, limits: ZipLimits = {}): Zip {
  const { entries, directoryStart } = readDirectory(archive);
  const byName = new Map<string, LocatedEntry>();
  let total = 0;
  for (const entry of entries) {
    if (byName.has(entry.name)) throw damagedZip(`the entry "${entry.name}" comes twice`);
    requirePlain(entry, limits);
    total += entry.size;
    byName.set(entry.name, { ...entry, dataStart: findData(archive, entry, directoryStart) });
  }
  const maxBytes = limits.maxBytes ?? 2 ** 32;
  if (total > maxBytes) {
    throw damagedZip(`the entries may have ${maxBytes} bytes together, but they say ${total}`);
  }
  refuseOverlaps([...byName.values()]);
  return {
    names: [...byName.keys()],
    size: (name) => byName.get(name)?.size,
    read(name) {
      const entry = byName.get(name);
      if (entry === undefined) throw damagedZip(`there is no entry "${name}"`);
      const maxEntryBytes = limits.maxEntryBytes ?? 2 ** 31;
      if (entry.size > maxEntryBytes) {
        throw damagedZip(`"${name}" may have ${maxEntryBytes} bytes, but it says ${entry.size}`);
      }
      return extract(archive, entry);
    },
  };
}

interface LocatedEntry extends ZipEntry {
  readonly dataStart: number;
}

function requirePlain(entry: ZipEntry, { storedOnly = false }: ZipLimits): void {
  const { name, method, size, compressedSize } = entry;
  const parts = name.split("/");
  const isPlain = [...name].every((character) => character >= " " && !"\\:".includes(character)) &&
    parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain) {
    throw damagedZip(`an entry's name must be a relative path, but it is ${JSON.stringify(name)}`);
  }
  if (entry.isEncrypted) throw damagedZip(`the entry "${name}" is encrypted`);
  if (entry.isLink) throw damagedZip(`the entry "${name}" is a symbolic link`);
  if (method === 0 && size !== compressedSize) {
    throw damagedZip(`the stored entry "${name}" has ${compressedSize} bytes, but says ${size}`);
  }
  if (method === 0) return;
  if (storedOnly) {
    throw damagedZip(`the entry "${name}" must be stored, but it is compressed (method ${method})`);
  }
  if (method !== 8) {
    throw damagedZip(`the entry "${name}" must be stored or deflated, but its method is ${method}`);
  }
  if (size > BEST_RATIO * compressedSize) {
    throw damagedZip(`the entry "${name}" says ${size} bytes of ${compressedSize} compressed ones`);
  }
}

/** Checks the local header; gives where the entry's data begin. */
function findData(archive: Uint8Array, entry: ZipEntry, directoryStart: number): number {
  const { name, nameBytes, headerStart, compressedSize } = entry;
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  if (headerStart + 30 > directoryStart || view.getUint32(headerStart, true) !== 0x04034b50) {
    throw damagedZip(`the entry "${name}" has no local header at byte ${headerStart}`);
  }
  const nameStart = headerStart + 30;
  const nameEnd = nameStart + view.getUint16(headerStart + 26, true);
  const dataStart = nameEnd + view.getUint16(headerStart + 28, true);
  if (dataStart + compressedSize > directoryStart) {
    throw damagedZip(`the entry "${name}" reaches beyond the data of the archive`);
  }
  const localName = archive.subarray(nameStart, nameEnd);
  const isSame = localName.length === nameBytes.length &&
    localName.every((byte, index) => byte === nameBytes[index]);
  if (!isSame || view.getUint16(headerStart + 8, true) !== entry.method) {
    throw damagedZip(`the entry "${name}" has another name or method in its local header`);
  }
  // Zero: told after the data. All ones: told in an extra field.
  const isTold = (size: number) => size !== 0 && size !== 0xffffffff;
  const [compressed, plain] = [18, 22].map((at) => view.getUint32(headerStart + at, true));
  if (
    (isTold(compressed!) && compressed !== compressedSize) ||
    (isTold(plain!) && plain !== entry.size)
  ) {
    throw damagedZip(`the entry "${name}" has another size in its local header`);
  }
  return dataStart;
}

/** Overlapping entries are how small archives become huge ones. */
function refuseOverlaps(entries: LocatedEntry[]): void {
  entries.sort((a, b) => a.headerStart - b.headerStart);
  entries.forEach((entry, index) => {
    const next = entries[index + 1];
    if (next !== undefined && next.headerStart < entry.dataStart + entry.compressedSize) {
      throw damagedZip(`the entries "${entry.name}" and "${next.name}" overlap`);
    }
  });
}

function extract(archive: Uint8Array, entry: LocatedEntry): Uint8Array {
  const { name, dataStart, compressedSize, size } = entry;
  const packed = archive.subarray(dataStart, dataStart + compressedSize);
  const bytes = entry.method === 0 ? packed : inflate(packed, entry);
  if (bytes.length !== size) {
    throw damagedZip(`the entry "${name}" must have ${size} bytes, but it has ${bytes.length}`);
  }
  const found = crc32(bytes);
  if (found !== entry.crc) {
    throw damagedZip(`the CRC-32 of "${name}" must be ${hex(entry.crc)}, but it is ${hex(found)}`);
  }
  return bytes;
}

function inflate(packed: Uint8Array, { name, size }: ZipEntry): Uint8Array {
  try {
    const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw damagedZip(`the entry "${name}" cannot be decompressed to ${size} bytes: ${reason}`);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
