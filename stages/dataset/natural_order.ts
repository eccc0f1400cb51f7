/** Ordering names as a person would: numbers in them by value. */

/** Negative when `a` comes first: "clip/2" before "clip/10", and equal numbers by their spelling. */
export function compareNatural(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareParts(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareText(a, b);
}

/** Runs of digits and what is between them. */
const partsOf = (text: string) => text.match(/\d+|\D+/g) ?? [];

function compareParts(a: string, b: string): number {
  if (!isDigits(a) || !isDigits(b)) return compareText(a, b);
  const [left, right] = [withoutZeros(a), withoutZeros(b)];
  // Longer numbers are larger; as text, so that no number is too long.
  return left.length - right.length || compareText(left, right);
}

const isDigits = (text: string) => /^\d/.test(text);

const withoutZeros = (digits: string) => digits.replace(/^0+(?=\d)/, "");

/** By code units: the same order on every machine. */
const compareText = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
