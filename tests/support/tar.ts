/** Writing tar archives, for tests of reading them. */

export interface TarEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Type flag; "0" is a file. */
  readonly type?: string;
  readonly prefix?: string;
}

/** A ustar archive. */
export function tar(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const blocks: number[][] = [];
  for (const { path, bytes, type = "0", prefix = "" } of entries) {
    const header = new Uint8Array(512);
    const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
    put(path, 0);
    put("0000644", 100);
    put(bytes.length.toString(8).padStart(11, "0"), 124);
    put(type, 156);
    put("ustar\x0000", 257);
    put(prefix, 345);
    put("        ", 148);
    put(header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0") + "\0 ", 148);
    blocks.push([...header], [...bytes], Array((512 - bytes.length % 512) % 512).fill(0));
  }
  return Uint8Array.from([...blocks.flat(), ...Array(1024).fill(0)]);
}
