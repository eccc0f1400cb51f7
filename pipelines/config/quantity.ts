/** Durations and sizes as people write them. */

const seconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** Seconds of "90s", "10m", "1h30m", "2d"; undefined for anything else, and for 0. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m)?(\d{1,6}s)?$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    sum += Number(count) * (seconds[unit ?? ""] ?? 0);
  }
  return sum > 0 ? sum : undefined;
}

const mebibytes: Readonly<Record<string, number>> = { MiB: 1, GiB: 1024, TiB: 1024 * 1024 };

/** MiB of "512MiB", "16GiB", "1.5TiB", rounded up; undefined for anything else, and for 0. */
export function parseMemory(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,7}(?:\.\d{1,3})?)\s?(MiB|GiB|TiB)$/.exec(text) ?? [];
  const size = Math.ceil(Number(count) * (mebibytes[unit ?? ""] ?? 0));
  return size > 0 ? size : undefined;
}
