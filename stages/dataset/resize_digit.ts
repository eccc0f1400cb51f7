/** Enlarging a digit. */

/**
 * Bilinear, pixel centres at half-integers, edges repeated, rounded to nearest: what Pillow's BILINEAR
 * does when it enlarges. `[from, from] -> [to, to]`, uint8.
 */
export function resizeDigit(pixels: Uint8Array, from: number, to: number): Uint8Array {
  if (from === to) return pixels;
  const taps = Array.from({ length: to }, (_, i) => {
    const place = (i + 0.5) * from / to - 0.5;
    const low = Math.floor(place);
    const clamp = (index: number) => Math.min(from - 1, Math.max(0, index));
    return { low: clamp(low), high: clamp(low + 1), share: place - low };
  });
  const result = new Uint8Array(to * to);
  taps.forEach((y, row) => {
    taps.forEach((x, column) => {
      const across = (line: number) =>
        pixels[line * from + x.low]! * (1 - x.share) + pixels[line * from + x.high]! * x.share;
      result[row * to + column] = Math.round(
        across(y.low) * (1 - y.share) + across(y.high) * y.share,
      );
    });
  });
  return result;
}
