/** Still images. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import type { Split } from "./clips.ts";
import { readEncoded, readMetadata } from "./metadata_file.ts";
import { encodeNpy } from "./npy.ts";
import { decodeLabels, decodePixels, splitSchema } from "./pixels.ts";
import { stableJson } from "./stable_json.ts";

export interface Images {
  /** `[image, height, width, channel]`, row major; uint8 stands for value / 255. */
  readonly pixels: Uint8Array | Float32Array;
  readonly shape: readonly [image: number, height: number, width: number, channel: number];
  /** Class of each image, or absent. */
  readonly labels?: Int32Array;
  /** Names of the classes 0, 1, ..., where labels have names. */
  readonly classes?: readonly string[];
  readonly split: Split;
  readonly source: string;
}

/** `pixels.npy`, `images.json` and, where there are labels, `labels.npy`. */
export const imagesKind: ArtifactKind<Images> = {
  id: "images",
  version: 1,
  summary: "Still images, uint8 or float32, with split and, if there are any, labels",
  encode({ pixels, shape, labels, classes, split, source }) {
    const labelled = labels !== undefined;
    const metadata = { labelled, split, source, ...(classes !== undefined && { classes }) };
    const files = new Map<string, Uint8Array>([
      ["images.json", stableJson(metadata)],
      ["pixels.npy", encodeNpy(shape, pixels)],
    ]);
    return labelled ? files.set("labels.npy", encodeNpy([labels.length], labels)) : files;
  },
  async decode(files) {
    const metadata = await readMetadata(files, "images.json", imagesMetadata);
    const { labelled, classes, split, source } = metadata;
    const { shape, data } = await readEncoded(files, "pixels.npy", decodePixels);
    const [image, height, width, channel, ...rest] = shape;
    if (image === undefined || channel === undefined || rest.length > 0) throw wrongShape(shape);
    const images: Images = {
      pixels: data,
      shape: [image, height ?? 0, width ?? 0, channel],
      ...(classes !== undefined && { classes }),
      split,
      source,
    };
    if (!labelled) return images;
    return {
      ...images,
      labels: await readEncoded(files, "labels.npy", (b) => decodeLabels(b, image)),
    };
  },
};

const imagesMetadata = z.strictObject({
  labelled: z.boolean(),
  classes: z.array(z.string()).optional(),
  split: splitSchema,
  source: z.string(),
});

function wrongShape(shape: readonly number[]): SyntaxError {
  return new SyntaxError(
    `Cannot read "pixels.npy": its shape must be [image, height, width, channel], but it is [${shape}]`,
  );
}
