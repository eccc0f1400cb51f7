/** A GIF decoder written from the GIF89a specification alone, to hold the encoder to it. */

export interface DecodedGif {
  readonly width: number;
  readonly height: number;
  /** Times to repeat; 0 is for ever, undefined when the file does not say. */
  readonly loop: number | undefined;
  readonly delaysMs: readonly number[];
  /** What a viewer sees at each frame, `[height, width, 3]`. */
  readonly frames: readonly Uint8Array[];
}

/** Decodes what full-size, non-interlaced frames draw on top of each other. */
export function decodeGif(file: Uint8Array): DecodedGif {
  const ascii = (from: number, to: number) => String.fromCharCode(...file.subarray(from, to));
  const byte = (i: number) => {
    const value = file[i];
    if (value === undefined) throw new RangeError(`GIF ends before byte ${i}`);
    return value;
  };
  const word = (i: number) => byte(i) | (byte(i + 1) << 8);
  if (ascii(0, 6) !== "GIF89a") throw new SyntaxError(`Not a GIF89a file: "${ascii(0, 6)}"`);
  const [width, height, packed] = [word(6), word(8), byte(10)];
  let at = 13;
  const readTable = (fields: number) => {
    const length = 3 * 2 ** ((fields & 7) + 1);
    at += length;
    return file.subarray(at - length, at);
  };
  const globalTable = packed & 0x80 ? readTable(packed) : new Uint8Array();
  const readBlocks = () => {
    const bytes: number[] = [];
    while (byte(at) !== 0) {
      bytes.push(...file.subarray(at + 1, at + 1 + byte(at)));
      at += 1 + byte(at);
    }
    at++;
    return bytes;
  };

  const frames: Uint8Array[] = [];
  const delaysMs: number[] = [];
  const screen = new Uint8Array(width * height * 3);
  let loop: number | undefined;
  let transparent: number | undefined;
  while (byte(at) !== 0x3b) {
    if (byte(at) === 0x21 && byte(at + 1) === 0xf9) {
      if (((byte(at + 3) >> 2) & 7) > 1) throw new SyntaxError("Frame does not stay on screen");
      transparent = byte(at + 3) & 1 ? byte(at + 6) : undefined;
      delaysMs.push(word(at + 4) * 10);
      at += 2;
      readBlocks();
    } else if (byte(at) === 0x21) {
      at += 2;
      const blocks = readBlocks();
      if (String.fromCharCode(...blocks.slice(0, 11)) === "NETSCAPE2.0") {
        loop = (blocks[12] ?? 0) | ((blocks[13] ?? 0) << 8);
      }
    } else if (byte(at) === 0x2c) {
      const place = [word(at + 1), word(at + 3), word(at + 5), word(at + 7)];
      if (place.join() !== `0,0,${width},${height}`) throw new SyntaxError(`Frame at ${place}`);
      const fields = byte(at + 9);
      at += 10;
      const table = fields & 0x80 ? readTable(fields) : globalTable;
      const codeSize = byte(at++);
      const indices = decodeLzw(readBlocks(), codeSize);
      if (indices.length !== width * height) throw new SyntaxError(`${indices.length} pixels`);
      indices.forEach((index, i) => {
        if (index !== transparent) screen.set(table.subarray(index * 3, index * 3 + 3), i * 3);
      });
      frames.push(screen.slice());
    } else {
      throw new SyntaxError(`Unknown block ${byte(at)} at ${at}`);
    }
  }
  if (at !== file.length - 1) throw new SyntaxError("Bytes after the trailer");
  return { width, height, loop, delaysMs, frames };
}

/** Appendix F: codes of growing width, a clear code, an end code, and the code not yet in the table. */
function decodeLzw(data: readonly number[], codeSize: number): number[] {
  const clear = 1 << codeSize;
  const end = clear + 1;
  const output: number[] = [];
  let table: number[][] = [];
  let width = 0;
  let previous: number[] | undefined;
  const reset = () => {
    table = Array.from({ length: clear + 2 }, (_, i) => i < clear ? [i] : []);
    width = codeSize + 1;
    previous = undefined;
  };
  reset();
  let bits = 0;
  let held = 0;
  for (const byte of data) {
    bits |= byte << held;
    held += 8;
    while (held >= width) {
      const code = bits & ((1 << width) - 1);
      bits >>>= width;
      held -= width;
      if (code === end) return output;
      if (code === clear) {
        reset();
        continue;
      }
      const known = table[code];
      if (known === undefined && (previous === undefined || code !== table.length)) {
        throw new SyntaxError(`LZW code ${code} is unknown`);
      }
      const entry: number[] = known ?? [...(previous ?? []), (previous ?? [])[0] ?? 0];
      output.push(...entry);
      if (previous !== undefined && table.length < 4096) table.push([...previous, entry[0] ?? 0]);
      if (table.length === 1 << width && width < 12) width++;
      previous = entry;
    }
  }
  throw new SyntaxError("LZW data has no end code");
}
