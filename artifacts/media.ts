/** Pictures and animations for a person to look at. */

import { z } from "zod";
import type { ArtifactFiles, ArtifactKind } from "./artifact.ts";
import { readMetadata } from "./metadata_file.ts";
import { stableJson } from "./stable_json.ts";

export interface MediaItem {
  /** File name with extension, unique within the artifact: `row_0.gif`. */
  readonly name: string;
  readonly type: "image/gif" | "image/png";
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  readonly bytes: Uint8Array;
}

export interface Media {
  readonly items: readonly MediaItem[];
}

/** Each item's file under its own name, and `media.json` with the rest, in order. */
export const mediaKind: ArtifactKind<Media> = {
  id: "media",
  version: 1,
  summary: "Pictures and animations for a person to look at",
  encode({ items }) {
    const index = items.map(({ bytes: _, ...description }) => description);
    const files = new Map<string, Uint8Array>([["media.json", stableJson({ items: index })]]);
    for (const { name, bytes } of items) {
      if (files.has(name)) {
        throw new RangeError(`Cannot write media: names must be unique, but "${name}" comes twice`);
      }
      files.set(name, bytes);
    }
    return files;
  },
  async decode(files) {
    const items = await readMediaIndex(files);
    const load = async (item: MediaRow) => ({ ...item, bytes: await files.read(item.name) });
    return { items: await Promise.all(items.map(load)) };
  },
};

/** Everything about the items but their bytes. */
export async function readMediaIndex(files: ArtifactFiles): Promise<readonly MediaRow[]> {
  return (await readMetadata(files, "media.json", mediaIndex)).items;
}

/** What is known of an item beside its bytes. */
export const mediaRow = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/),
  type: z.enum(["image/gif", "image/png"]),
  width: z.int().positive(),
  height: z.int().positive(),
  caption: z.string(),
});

/** A `MediaItem` without its bytes. */
export type MediaRow = z.output<typeof mediaRow>;

const mediaIndex = z.strictObject({ items: z.array(mediaRow) });
