/** Numbers as people read them. */

/** "0.4 s", "12 s", "3 min 05 s", "2 h 07 min". */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "unknown time";
  if (seconds < 0.001) return "0 s";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (hours > 0) return `${hours} h ${twoDigits(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${twoDigits(rest)} s` : `${rest} s`;
}

/** "812 B", "4.1 kB", "16 MB": powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/**
 * A measured value with as many digits as its 95 % interval supports (two digits of the interval),
 * or four significant digits when there is none.
 */
export function formatMeasured(
  value: number,
  interval: number | undefined,
): { readonly value: string; readonly interval?: string } {
  if (Number.isNaN(value)) return { value: "not a number" };
  if (!Number.isFinite(value)) return { value: value > 0 ? "∞" : "−∞" };
  if (interval === undefined || !Number.isFinite(interval) || interval <= 0) {
    return { value: significant(value, 4) };
  }
  const decimals = Math.max(0, Math.min(8, 1 - Math.floor(Math.log10(interval))));
  return { value: minus(value.toFixed(decimals)), interval: interval.toFixed(decimals) };
}

/** "1,204,000"; English separators whatever the machine's language is. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

function significant(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return minus(value.toExponential(digits - 1));
  const decimals = size === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return minus(value.toFixed(decimals));
}

function minus(text: string): string {
  return text.replace(/^-/, "−");
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
