/** Sizes as people write and read them. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `0 B`, `1.5 KiB`, `20 GiB`: three digits. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  // 1023.5 KiB would be written as 1020 KiB, and is nearly one MiB.
  for (; size >= 999.5 && unit < UNITS.length - 1; unit++) size /= 1024;
  return `${Number(size.toPrecision(3))} ${UNITS[unit]}`;
}

/** Bytes of `512MiB`, `1.5 GiB`, `0B`; undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,15}(?:\.\d{1,3})?)\s?(B|KiB|MiB|GiB|TiB)$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  const power = UNITS.findIndex((each) => each === unit);
  return Math.round(Number(count) * 1024 ** power);
}
