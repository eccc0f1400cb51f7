/** Random changes of bytes and texts. */

import fc from "fast-check";

interface Edit {
  /** Where, as a part of the length. */
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

/** Changes of a few bytes: flipped, removed, inserted, cut off, and numbers at their limits. */
export function mutated(
  file: Uint8Array,
  words: readonly Uint8Array[] = [],
): fc.Arbitrary<Uint8Array> {
  const limits = [[0], [0xff], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0x80], [0x7f, 0xff, 0xff, 0xff]];
  const inserted = fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc.constantFrom(...limits.map((bytes) => Uint8Array.from(bytes)), ...words),
  );
  const edit: fc.Arbitrary<Edit> = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.oneof(fc.nat(8), fc.nat(file.length)),
    insert: inserted,
  });
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) => edits.reduce(apply, file));
}

function apply(bytes: Uint8Array, { at, remove, insert }: Edit): Uint8Array {
  const start = Math.floor(at * bytes.length);
  const rest = bytes.subarray(start + remove);
  const result = new Uint8Array(start + insert.length + rest.length);
  result.set(bytes.subarray(0, start));
  result.set(insert, start);
  result.set(rest, start + insert.length);
  return result;
}
