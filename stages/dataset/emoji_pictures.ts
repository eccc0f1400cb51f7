/** The emoji as a set of pictures. */

import { type Fit, fitRaster } from "./fit_raster.ts";
import type { PictureSet } from "./picture_set.ts";
import { readEmoji } from "./read_emoji.ts";
import { type Shares, splitGroups } from "./split_groups.ts";

/**
 * All emoji, labelled by category. Variants of one glyph (skin tones, sexes, direction) and emoji with equal
 * pictures are in one split.
 */
export async function emojiPictures(
  fit: Fit,
  { shares, seed }: { readonly shares: Shares; readonly seed: bigint },
  signal: AbortSignal,
): Promise<PictureSet> {
  const emoji = await readEmoji(signal);
  const classes = [...new Set(emoji.map(({ category }) => category))].sort();
  const items = emoji.map(({ unified, category, groups, raster }) => ({
    name: unified,
    label: classes.indexOf(category),
    groups,
    read: () => fitRaster(raster, fit),
  }));
  return { source: "Twemoji 16.0", classes, items, splits: splitGroups(items, shares, seed) };
}
