import { deepEqual, equal, ok } from "node:assert/strict";
import { readEmoji } from "../../../stages/dataset/read_emoji.ts";
import { splitGroups, splitNames } from "../../../stages/dataset/split_groups.ts";

const emoji = await readEmoji(new AbortController().signal);

Deno.test("readEmoji() gives 3,786 pictures of 64x64 in ten categories", () => {
  equal(emoji.length, 3786);
  ok(emoji.every(({ raster }) => raster.width === 64 && raster.height === 64));
  equal(new Set(emoji.map(({ unified }) => unified)).size, 3786);
  // Counted in emoji.json with Python: 270 flags, none of which has variants.
  equal(emoji.filter(({ category }) => category === "Flags").length, 270);
  equal(new Set(emoji.map(({ category }) => category)).size, 10);
});

Deno.test("readEmoji() decodes a known picture", () => {
  // Of 1f600.png, by Pillow 13 as RGBA: the corner is transparent, the face yellow.
  const { data } = emoji.find(({ unified }) => unified === "1F600")!.raster;
  const at = (x: number, y: number) => [...data.subarray((y * 64 + x) * 4, (y * 64 + x) * 4 + 4)];
  equal(at(0, 0)[3], 0);
  deepEqual(at(32, 10), [255, 204, 77, 255]);
});

Deno.test("emoji of one glyph, whatever its tone and sex, are in one split for any seed", () => {
  const items = emoji.map(({ groups }) => ({ groups, label: 0 }));
  for (const seed of [1n, 2n, 3n, 4n, 5n]) {
    const splits = splitGroups(items, { validation: 0.1, test: 0.1 }, seed);
    const splitOf = new Map(
      splitNames.flatMap((name) => splits[name].map((i) => [emoji[i]!.unified, name] as const)),
    );
    // Written without the rule under test: the same text once tones and sexes are cut out.
    const stem = (unified: string) =>
      unified.replaceAll(/-(1F3F[BCDEF]|200D|FE0F|2640|2642|27A1)\b/g, "")
        .replaceAll(/\b1F46[89]\b/g, "1F9D1");
    const owner = new Map<string, string>();
    for (const { unified } of emoji) {
      const split = splitOf.get(unified)!;
      equal(owner.get(stem(unified)) ?? split, split, `${unified} leaks`);
      owner.set(stem(unified), split);
    }
    // And what looks the same, such as the flags of Norway and of Svalbard.
    equal(splitOf.get("1F1F3-1F1F4"), splitOf.get("1F1F8-1F1EF"));
  }
});
