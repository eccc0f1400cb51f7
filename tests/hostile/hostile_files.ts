/** Bytes of files made to hang, crash or mislead their readers. */

import { crc32, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

export function bytesOf(...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  const pieces = parts.map((part) => {
    if (typeof part === "string") return new TextEncoder().encode(part);
    return typeof part === "number" ? Uint8Array.of(part) : part;
  });
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** Little endian, of so many bytes. */
export function little(value: bigint | number, width: number): Uint8Array {
  return Uint8Array.from(
    { length: width },
    (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n),
  );
}

export const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = bytesOf(type, data);
  return bytesOf(u32(data.length), body, u32(crc32(body)));
}

export function header(width: number, height: number, more = [8, 2, 0, 0, 0]): Uint8Array {
  return chunk("IHDR", bytesOf(u32(width), u32(height), Uint8Array.from(more)));
}

export const end = chunk("IEND", new Uint8Array());

/** A PNG of these chunks. */
export function png(...chunks: readonly Uint8Array[]): Uint8Array {
  return bytesOf(pngSignature, ...chunks, end);
}

/** Zeros, compressed as zlib does: a thousandth of their size. */
export function deflatedZeros(count: number): Uint8Array {
  return deflateSync(new Uint8Array(count));
}

export function npy(dict: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const text = new TextEncoder().encode(dict);
  const length = little(text.length, version === 1 ? 2 : 4);
  return bytesOf(0x93, "NUMPY", version, 0, length, text, data);
}

export function npyOf(shape: string, data: Uint8Array, descr = "|u1", order = "False"): Uint8Array {
  return npy(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`, data);
}

export function safetensors(headerText: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(headerText);
  return bytesOf(little(text.length, 8), text, data);
}

export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  /** What the directory says; the truth unless given. */
  readonly size?: number;
  readonly crc?: number;
  readonly isDeflated?: boolean;
  readonly flags?: number;
  readonly mode?: number;
  /** Where the directory says that its header begins. */
  readonly start?: number;
}

/** A zip archive that says what the parts say. */
export function zip(...parts: readonly ZipPart[]): Uint8Array {
  const files: Uint8Array[] = [];
  const entries: Uint8Array[] = [];
  let offset = 0;
  for (const { name, data, isDeflated = false, flags = 0, mode = 0, ...said } of parts) {
    const packed = isDeflated ? deflateRawSync(data) : data;
    const common = bytesOf(
      little(flags, 2),
      little(isDeflated ? 8 : 0, 2),
      little(0, 4),
      little(said.crc ?? crc32(data), 4),
      little(packed.length, 4),
      little(said.size ?? data.length, 4),
      little(new TextEncoder().encode(name).length, 2),
      little(0, 2),
    );
    const file = bytesOf("PK", 3, 4, little(20, 2), common, name, packed);
    entries.push(bytesOf(
      ...["PK", 1, 2, little(0x0314, 2), little(20, 2), common],
      ...[little(0, 2), little(0, 2), little(0, 2), little(mode * 65536, 4)],
      ...[little(said.start ?? offset, 4), name],
    ));
    files.push(file);
    offset += file.length;
  }
  const directory = bytesOf(...entries);
  const count = little(parts.length, 2);
  return bytesOf(
    ...[...files, directory, "PK", 5, 6, little(0, 4), count, count],
    ...[little(directory.length, 4), little(offset, 4), little(0, 2)],
  );
}

/** A tar archive of one entry with these fields. */
export function tarGz(
  { path = "a.txt", size = "00000000001", type = "0", data = "x" }: Readonly<
    Partial<Record<"path" | "size" | "type" | "data", string>>
  >,
): Uint8Array {
  const block = new Uint8Array(512);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  put(0, path);
  put(124, size);
  put(148, "        ");
  put(156, type);
  put(257, "ustar");
  put(148, block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0") + "\0");
  const body = new Uint8Array(512);
  body.set(new TextEncoder().encode(data));
  return gzipSync(bytesOf(block, body, new Uint8Array(1024)));
}
