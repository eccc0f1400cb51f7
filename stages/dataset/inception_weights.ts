/** The published weights of the Inception network, downloaded or from a file, verified either way. */

import { createHash } from "node:crypto";
import type { NamedArrays } from "../../artifacts/weights.ts";
import { readPytorchFile } from "../../artifacts/pytorch_file.ts";
import { inceptionFromStateDict } from "../../models/inception/state_dict.ts";
import type { CheckpointSlot, Progress } from "../../pipelines/stage.ts";
import { download } from "./download.ts";

export interface PublishedFile {
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** TensorFlow's weights of 5 December 2015, as pytorch-fid ported them. */
export const publishedInception: PublishedFile = {
  url: "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/" +
    "pt_inception-2015-12-05-6726825d.pth",
  sha256: "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
  bytes: 95_628_359,
};

/** Hosts that the address leads to: GitHub keeps release files on another, and has changed which. */
export const inceptionHosts = [
  "github.com",
  "objects.githubusercontent.com",
  "release-assets.githubusercontent.com",
] as const;

export interface InceptionWeights {
  readonly parameters: NamedArrays;
  /** Of the file, hex. */
  readonly sha256: string;
}

/**
 * Downloads the published file; what has arrived survives a killed run.
 * @throws {Error} Without a network: naming what to place where.
 */
export async function downloadInceptionWeights(
  context: {
    readonly checkpoint: CheckpointSlot;
    readonly signal: AbortSignal;
    readonly progress: (progress: Progress) => void;
    /** Pause between attempts; tests need none. */
    readonly pauseMs?: number;
  },
  published = publishedInception,
): Promise<InceptionWeights> {
  const { url, sha256, bytes } = published;
  const file = await download({
    ...context,
    url,
    digest: { algorithm: "sha256", hex: sha256 },
    maxBytes: bytes,
    offlineHint:
      `on a machine with a network, fetch it, check that its sha256 is ${sha256}, put it ` +
      'into the project and give its path, relative to the config, as "file"',
  });
  return { parameters: parametersOf(file), sha256 };
}

/**
 * Reads a copy of the published file, or, if `anyWeights` says so, other weights of the same network.
 * @throws {Error} Naming both digests when the file is another.
 */
export function readInceptionWeights(
  file: Uint8Array,
  { path, anyWeights }: { readonly path: string; readonly anyWeights: boolean },
  published = publishedInception,
): InceptionWeights {
  const sha256 = createHash("sha256").update(file).digest("hex");
  if (sha256 !== published.sha256 && !anyWeights) {
    throw new Error(
      `Cannot use "${path}" as the published Inception weights: its sha256 must be ` +
        `${published.sha256}, but is ${sha256}; with other weights, scores are no published FID ` +
        '("anyWeights: true" allows them)',
    );
  }
  return { parameters: parametersOf(file), sha256 };
}

function parametersOf(file: Uint8Array): NamedArrays {
  return inceptionFromStateDict(readPytorchFile(file).tensors);
}
