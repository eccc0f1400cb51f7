/** The central directory of a zip archive, with or without zip64. */

export interface ZipEntry {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Where the local header begins. */
  readonly headerStart: number;
  readonly isEncrypted: boolean;
  /** Unix mode of a symbolic link. */
  readonly isLink: boolean;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** All data lie before this byte. */
  readonly directoryStart: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_BYTES = 20;
const END_64 = 0x06064b50;
const END_64_BYTES = 56;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
/** Longest comment at the end of an archive. */
const MAX_COMMENT = 0xffff;
const MAX_ENTRIES = 200_000;

/**
 * Reads the directory, which must reach from where the end record says to the end record: no gap, no
 * second directory, no bytes in front of the archive.
 * @throws {SyntaxError} Naming what does not fit.
 */
export function readDirectory(archive: Uint8Array): ZipDirectory {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const { start, end, count } = findDirectory(view);
  if (count > MAX_ENTRIES || count * ENTRY_BYTES > end - start) {
    throw damagedZip(`a directory of ${end - start} bytes cannot have ${count} entries`);
  }
  const entries: ZipEntry[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + ENTRY_BYTES > end || view.getUint32(at, true) !== ENTRY) {
      throw damagedZip(`entry ${index} of ${count} is missing in the directory`);
    }
    const next = at + ENTRY_BYTES + [28, 30, 32].reduce(
      (sum, field) => sum + view.getUint16(at + field, true),
      0,
    );
    if (next > end) throw damagedZip(`entry ${index} reaches beyond the directory`);
    entries.push(readEntry(view, at));
    at = next;
  }
  if (at !== end) throw damagedZip(`the directory has ${end - at} bytes beyond its entries`);
  return { entries, directoryStart: start };
}

/** The error of every unusable archive. */
export function damagedZip(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read zip: ${reason}`);
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

function findDirectory(view: DataView): Place {
  const at = findEnd(view);
  const disks = [4, 6].map((field) => view.getUint16(at + field, true));
  const own = view.getUint16(at + 8, true);
  const count = view.getUint16(at + 10, true);
  const size = view.getUint32(at + 12, true);
  const start = view.getUint32(at + 16, true);
  const locator = at - LOCATOR_64_BYTES;
  const is64 = locator >= 0 && view.getUint32(locator, true) === LOCATOR_64;
  if (!is64) {
    if (disks.some((disk) => disk !== 0) || own !== count) throw severalDisks();
    return requirePlace({ start, end: start + size, count }, at);
  }
  const place = findDirectory64(view, locator);
  // What both records tell must agree; all ones mean that only the larger record tells.
  const agrees = (small: number, large: number, unknown: number) =>
    small === unknown || small === large;
  const isSame = agrees(count, place.count, 0xffff) && agrees(start, place.start, 0xffffffff) &&
    agrees(size, place.end - place.start, 0xffffffff);
  if (!isSame) throw damagedZip("the end record and the zip64 end record disagree");
  return place;
}

function findDirectory64(view: DataView, locator: number): Place {
  const at = wholeNumber(view, locator + 8);
  if (at + END_64_BYTES !== locator || view.getUint32(at, true) !== END_64) {
    throw damagedZip(`there is no zip64 end record of ${END_64_BYTES} bytes at byte ${at}`);
  }
  const disks = [view.getUint32(at + 16, true), view.getUint32(at + 20, true)];
  const count = wholeNumber(view, at + 32);
  if (disks.some((disk) => disk !== 0) || wholeNumber(view, at + 24) !== count) {
    throw severalDisks();
  }
  const start = wholeNumber(view, at + 48);
  return requirePlace({ start, end: start + wholeNumber(view, at + 40), count }, at);
}

function requirePlace(place: Place, end: number): Place {
  if (place.end === end) return place;
  throw damagedZip(`the directory must end at byte ${end}, but it says ${place.end}`);
}

/** The end record is the last thing in the file, behind it only its comment. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw damagedZip("the file has no end record: it is no zip archive, or its end is missing");
}

function readEntry(view: DataView, at: number): ZipEntry {
  const [nameLength, extraLength] = [28, 30].map((field) => view.getUint16(at + field, true));
  const nameStart = at + ENTRY_BYTES;
  const nameBytes = new Uint8Array(view.buffer, view.byteOffset + nameStart, nameLength);
  const name = new TextDecoder().decode(nameBytes);
  const small = {
    size: view.getUint32(at + 24, true),
    compressedSize: view.getUint32(at + 20, true),
    headerStart: view.getUint32(at + 42, true),
  };
  const extraStart = nameStart + nameLength!;
  const sizes = readZip64(view, { name, start: extraStart, end: extraStart + extraLength! }, small);
  const isUnix = view.getUint8(at + 5) === 3;
  return {
    name,
    nameBytes,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    isEncrypted: (view.getUint16(at + 8, true) & 0x2041) !== 0,
    isLink: isUnix && (view.getUint16(at + 40, true) & 0xf000) === 0xa000,
    ...sizes,
  };
}

type Sizes = Pick<ZipEntry, "size" | "compressedSize" | "headerStart">;

/** Replaces numbers of all ones by those of the zip64 extra field, in the order of the standard. */
function readZip64(
  view: DataView,
  extra: { readonly name: string; readonly start: number; readonly end: number },
  small: Sizes,
): Sizes {
  const unknown = (["size", "compressedSize", "headerStart"] as const)
    .filter((field) => small[field] === 0xffffffff);
  if (unknown.length === 0) return small;
  for (let at = extra.start; at + 4 <= extra.end;) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      if (length < 8 * unknown.length || at + 4 + length > extra.end) break;
      const numbers = unknown.map((field, index) => [field, wholeNumber(view, at + 4 + 8 * index)]);
      return { ...small, ...Object.fromEntries(numbers) };
    }
    at += 4 + length;
  }
  throw damagedZip(`the entry "${extra.name}" needs a zip64 field with ${unknown.join(", ")}`);
}

/** A u64 that must be a place or a size in this file. */
function wholeNumber(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw damagedZip(`the number ${value} at byte ${at} is beyond any file`);
}

function severalDisks(): SyntaxError {
  return damagedZip("the archive must be one file, but it says that it is part of several");
}
