import assert from "node:assert/strict";
import { multiplyHigh, philox4x32 } from "../../numerics/philox.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

const word = (hex: string) => parseInt(hex, 16);

Deno.test("philox4x32() gives Random123's known answers, for 7 and for 10 rounds", () => {
  const published = [
    {
      rounds: 10,
      ctr: Array(4).fill("0"),
      key: Array(2).fill("0"),
      out: "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    },
    {
      rounds: 10,
      ctr: ["243f6a88", "85a308d3", "13198a2e", "03707344"],
      key: ["a4093822", "299f31d0"],
      out: "d16cfe09 94fdcceb 5001e420 24126ea1",
    },
    ...vectors.philox.map((row) => ({ ...row, out: row.out.join(" ") })),
  ];
  assert.equal(published.length, 5);
  for (const { rounds, ctr, key, out } of published) {
    const [c0, c1, c2, c3] = ctr.map(word);
    const [k0, k1] = key.map(word);
    const words = philox4x32([c0!, c1!, c2!, c3!], [k0!, k1!], rounds);
    assert.equal([...words].map((w) => w.toString(16).padStart(8, "0")).join(" "), out);
  }
});

Deno.test("multiplyHigh() is the high word of the exact 64-bit product", () => {
  const edge = [0, 1, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0xd2511f53, 0xffffffff];
  for (const a of edge) {
    for (const b of edge) {
      assert.equal(multiplyHigh(a, b), Number((BigInt(a) * BigInt(b)) >> 32n), `${a} * ${b}`);
    }
  }
  for (const { a, b, hi } of vectors.multiply_high) {
    assert.equal(multiplyHigh(word(a), word(b)), word(hi));
  }
});
