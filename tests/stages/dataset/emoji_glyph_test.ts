import { equal, notEqual } from "node:assert/strict";
import fc from "fast-check";
import { baseGlyph } from "../../../stages/dataset/emoji_glyph.ts";

Deno.test("baseGlyph() is one for a person in every tone, sex and direction", () => {
  const runner = "1F3C3";
  for (
    const variant of [
      "1F3C3-1F3FF",
      "1F3C3-200D-2640-FE0F",
      "1F3C3-1F3FB-200D-2642-FE0F",
      "1F3C3-1F3FD-200D-2640-FE0F-200D-27A1-FE0F",
    ]
  ) equal(baseGlyph(variant), runner, variant);
  equal(baseGlyph("1F468-1F3FC-200D-1F680"), baseGlyph("1F9D1-200D-1F680"));
  equal(baseGlyph("1F46B"), baseGlyph("1F9D1-200D-1F91D-200D-1F9D1"));
  equal(baseGlyph("1F491"), baseGlyph("1F469-200D-2764-FE0F-200D-1F468"));
});

Deno.test("baseGlyph() keeps different things apart", () => {
  // An astronaut and a cook; the signs of the sexes themselves; an arrow; a heart and a burning heart.
  const glyphs = ["1F9D1-200D-1F680", "1F9D1-200D-1F373", "2640-FE0F", "2642-FE0F", "27A1-FE0F"];
  glyphs.push("2764-FE0F", "2764-FE0F-200D-1F525");
  equal(new Set(glyphs.map(baseGlyph)).size, glyphs.length);
  notEqual(baseGlyph("1F44D"), baseGlyph("1F44E"));
});

Deno.test("baseGlyph() does not change when a skin tone is put in anywhere", () => {
  const point = fc.constantFrom(
    "1F468",
    "1F469",
    "1F9D1",
    "1F680",
    "200D",
    "2640",
    "FE0F",
    "1F44D",
  );
  const tone = fc.constantFrom("1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF");
  fc.assert(
    fc.property(fc.array(point, { minLength: 1 }), tone, fc.nat(), (points, skin, place) => {
      const base = ["1F44B", ...points];
      const toned = base.toSpliced(1 + place % points.length, 0, skin);
      equal(baseGlyph(toned.join("-")), baseGlyph(base.join("-")));
    }),
  );
});
