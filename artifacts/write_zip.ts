/** Writing zip archives: stored entries, no dates, so equal files give equal bytes. */

import { crc32 } from "node:zlib";

/** 1 January 1980, the earliest that the format knows. */
const DATE = 0x0021;
/** 2.0: no feature beyond the first version that everybody reads. */
const VERSION = 20;
/** The name is UTF-8. */
const UTF8 = 0x0800;

/**
 * Writes files in the order given.
 * @throws {RangeError} Beyond 4 GiB or 65,534 files, where the format would need zip64.
 */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries = [...files].map(([name, bytes]) => ({
    name: new TextEncoder().encode(name),
    bytes,
    crc: crc32(bytes),
  }));
  const dataBytes = entries.reduce(
    (sum, { name, bytes }) => sum + 30 + name.length + bytes.length,
    0,
  );
  const directoryBytes = entries.reduce((sum, { name }) => sum + 46 + name.length, 0);
  const total = dataBytes + directoryBytes + 22;
  if (total >= 2 ** 32 || entries.length >= 0xffff) {
    throw new RangeError(
      `Cannot write zip: it holds 4 GiB in 65534 files, but there are ${total} bytes in ` +
        `${entries.length} files`,
    );
  }
  const archive = new Uint8Array(total);
  const view = new DataView(archive.buffer);
  let at = 0;
  let place = dataBytes;
  for (const { name, bytes, crc } of entries) {
    const common = { name, size: bytes.length, crc };
    writeCommon(view, place + 6, common);
    view.setUint32(place, 0x02014b50, true);
    view.setUint16(place + 4, VERSION, true);
    view.setUint32(place + 42, at, true);
    archive.set(name, place + 46);
    place += 46 + name.length;

    view.setUint32(at, 0x04034b50, true);
    writeCommon(view, at + 4, common);
    archive.set(name, at + 30);
    archive.set(bytes, at + 30 + name.length);
    at += 30 + name.length + bytes.length;
  }
  view.setUint32(place, 0x06054b50, true);
  view.setUint16(place + 8, entries.length, true);
  view.setUint16(place + 10, entries.length, true);
  view.setUint32(place + 12, directoryBytes, true);
  view.setUint32(place + 16, dataBytes, true);
  return archive;
}

/** The 24 bytes that the local header and the directory share. */
function writeCommon(
  view: DataView,
  at: number,
  { name, size, crc }: { readonly name: Uint8Array; readonly size: number; readonly crc: number },
): void {
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, UTF8, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, name.length, true);
}
