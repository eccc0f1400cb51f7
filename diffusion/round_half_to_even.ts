/** Rounding as Python and numpy do it. */

/** The nearest whole number, and of two the even one: Math.round takes halves up, and published lists differ. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
