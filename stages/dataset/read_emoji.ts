/** 3,786 emoji of 64x64 pixels, from the npm package `emoji-datasource-twitter`. */

import { createHash } from "node:crypto";
import { z } from "zod";
import { decodePng } from "../../artifacts/decode_png.ts";
import type { Raster } from "../../artifacts/raster.ts";
import { baseGlyph } from "./emoji_glyph.ts";

export interface Emoji {
  /** Code points in capital hexadecimal, joined by "-". */
  readonly unified: string;
  /** "Smileys & Emotion", "Flags", ... */
  readonly category: string;
  /** What it shares with its variants; see `baseGlyph`. Equal pictures share one too. */
  readonly groups: readonly string[];
  /** 64x64, RGBA. */
  readonly raster: Raster;
}

/** Edge of an emoji's picture, in pixels. */
const EMOJI_SIZE = 64;

/**
 * Reads all emoji, sorted by code points. Variants of skin tone have the category of their base.
 *
 * Source: Twemoji (graphics CC-BY 4.0), as packaged by https://github.com/iamcal/emoji-data 16.0.0.
 * Needs permission to read node_modules, and no network.
 * @throws {Error} When the package is not installed or not what it should be.
 */
export async function readEmoji(signal: AbortSignal): Promise<readonly Emoji[]> {
  const text = new TextDecoder().decode(await readPackaged("emoji.json"));
  const emoji: Emoji[] = [];
  for (const { category, ...base } of catalogue.parse(JSON.parse(text))) {
    for (const one of [base, ...Object.values(base.skin_variations ?? {})]) {
      if (!one.has_img_twitter) continue;
      signal.throwIfAborted();
      const bytes = await readPackaged(`img/twitter/${EMOJI_SIZE}/${one.image}`);
      const raster = decodePng(bytes, { pixels: EMOJI_SIZE ** 2 });
      // By the base: "holding hands" of two skin tones is a sequence, without them one code point.
      const pixels = createHash("sha256").update(raster.data).digest("hex");
      const groups = [`glyph ${baseGlyph(base.unified)}`, `pixels ${pixels}`];
      emoji.push({ unified: one.unified, category, groups, raster });
    }
  }
  return emoji.sort((a, b) => a.unified < b.unified ? -1 : 1);
}

const picture = z.object({
  unified: z.string(),
  image: z.string().regex(/^[0-9a-f-]+\.png$/),
  has_img_twitter: z.boolean(),
});

const catalogue = z.array(picture.extend({
  category: z.string(),
  skin_variations: z.record(z.string(), picture).optional(),
}));

async function readPackaged(name: string): Promise<Uint8Array> {
  // import.meta.resolve() names the package's main file, which is emoji.json.
  const url = new URL(name, import.meta.resolve("emoji-datasource-twitter"));
  try {
    return await Deno.readFile(url);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const hint = 'run "deno install" to fetch the package emoji-datasource-twitter';
    throw new Error(`Cannot read emoji: "${name}" is not there; ${hint}`, { cause });
  }
}
