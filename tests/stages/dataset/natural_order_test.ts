import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { compareNatural } from "../../../stages/dataset/natural_order.ts";

Deno.test("compareNatural() orders numbers in names by value", () => {
  const names = ["clip/10.png", "clip/9.png", "a", "clip/010.png", "b2/1", "b10/0", "b2/0", ""];
  deepEqual(names.sort(compareNatural), [
    "",
    "a",
    "b2/0",
    "b2/1",
    "b10/0",
    "clip/9.png",
    "clip/010.png",
    "clip/10.png",
  ]);
});

Deno.test("compareNatural() is a total order: only equal names are equal", () => {
  const name = fc.string({ unit: fc.constantFrom("0", "1", "9", "a", "/", "."), maxLength: 6 });
  fc.assert(fc.property(name, name, name, (a, b, c) => {
    equal(compareNatural(a, b) === 0, a === b);
    equal(Math.sign(compareNatural(a, b)) + Math.sign(compareNatural(b, a)), 0);
    if (compareNatural(a, b) < 0 && compareNatural(b, c) < 0) equal(compareNatural(a, c) < 0, true);
  }));
});

Deno.test("compareNatural() takes numbers of any length by value", () => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 40n });
  fc.assert(fc.property(number, number, (a, b) => {
    equal(compareNatural(`${a}.png`, `${b}.png`) < 0, a < b);
  }));
});
