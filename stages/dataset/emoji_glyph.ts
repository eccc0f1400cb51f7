/** Which emoji show the same thing. */

/** Man and woman become person, boy and girl child, and so on: sexes that have code points of their own. */
const NEUTRAL: Readonly<Record<string, string>> = {
  "1F468": "1F9D1", // man
  "1F469": "1F9D1", // woman
  "1F466": "1F9D2", // boy
  "1F467": "1F9D2", // girl
  "1F474": "1F9D3", // old man
  "1F475": "1F9D3", // old woman
  "1F934": "1FAC5", // prince
  "1F478": "1FAC5", // princess
  "1F930": "1FAC4", // pregnant woman
  "1FAC3": "1FAC4", // pregnant man
  "1F57A": "1F483", // man dancing
};

/** Single code points that stand for a sequence of neutral ones. */
const SEQUENCES: Readonly<Record<string, string>> = {
  "1F46A": "1F9D1-1F9D1-1F9D2", // family
  "1F46B": "1F9D1-1F91D-1F9D1", // woman and man holding hands
  "1F46C": "1F9D1-1F91D-1F9D1", // men holding hands
  "1F46D": "1F9D1-1F91D-1F9D1", // women holding hands
  "1F48F": "1F9D1-2764-1F48B-1F9D1", // kiss
  "1F491": "1F9D1-2764-1F9D1", // couple with heart
  "1F385": "1F9D1-1F384", // Father Christmas
  "1F936": "1F9D1-1F384", // Mother Christmas
};

/** Signs that vary a glyph when they follow another: sexes, and "facing right". */
const VARIATIONS = new Set(["2640", "2642", "27A1"]);
/** Joiner and variation selector: they draw nothing. */
const INVISIBLE = new Set(["200D", "FE0F"]);
const SKIN_TONES = new Set(["1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"]);

/**
 * The glyph that an emoji is a variant of: its code points without skin tones, sexes and direction, so
 * that "woman running facing right, dark skin" and "person running" give the same.
 *
 * @param unified Code points in capital hexadecimal, joined by "-", as in emoji-datasource.
 */
export function baseGlyph(unified: string): string {
  const points = unified.split("-").filter((point) => !INVISIBLE.has(point));
  const kept = points.filter((point, i) => {
    return !SKIN_TONES.has(point) && !(i > 0 && VARIATIONS.has(point));
  });
  // The five colour samples are nothing but a skin tone.
  if (kept.length === 0) return "1F3FB";
  return kept.map((point) => SEQUENCES[point] ?? NEUTRAL[point] ?? point).join("-");
}
