/** CIFAR-10 as a set of pictures. */

import type { OpenFolder } from "../../pipelines/stage.ts";
import { download, type DownloadOptions } from "./download.ts";
import { type Fit, fitRaster } from "./fit_raster.ts";
import type { PictureItem, PictureSet } from "./picture_set.ts";
import { readTarGz } from "./read_tar.ts";
import { type GroupedItem, type Shares, splitItems, type SplitName } from "./split_groups.ts";

/** The binary version, as published. */
export const publishedCifar10 = {
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  digest: { algorithm: "md5", hex: "c32a1d4ab5d03f1284b67883e8d87530" },
  maxBytes: 200_000_000,
} as const;

const EDGE = 32;
const AREA = EDGE * EDGE;
/** A label and three planes. */
const RECORD = 1 + 3 * AREA;
/** Of each file, as published. */
const RECORDS = 10_000;

/** In the order of their labels, as batches.meta.txt has them. */
export const cifar10Classes = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
] as const;

const files = [
  ...[1, 2, 3, 4, 5].map((n) => ({ name: `data_batch_${n}.bin`, split: "train" as const })),
  { name: "test_batch.bin", split: "test" as const },
];

/** The six files of records, by name, wherever they come from. */
export type Cifar10Files = (name: string) => Uint8Array | Promise<Uint8Array>;

/**
 * Downloads the published archive, 163 MiB; what has arrived survives a killed run.
 * @param where Another place and digest, for tests.
 */
export async function downloadCifar10(
  context: Pick<DownloadOptions, "checkpoint" | "signal" | "progress">,
  where: Pick<DownloadOptions, "url" | "digest" | "maxBytes"> = publishedCifar10,
): Promise<Uint8Array> {
  return await download({
    ...context,
    ...where,
    offlineHint: 'give a copy of it with "archive", or its unpacked .bin files with "folder"',
  });
}

/** The files in cifar-10-binary.tar.gz. */
export function filesOfArchive(archive: Uint8Array): Cifar10Files {
  // Six files of 30,730,000 bytes, and two of text.
  const unpacked = readTarGz(archive, { bytes: 200_000_000, files: 100 });
  const byName = new Map([...unpacked].map(([path, bytes]) => [baseName(path), bytes]));
  return (name) => byName.get(name) ?? missing(name, [...unpacked.keys()]);
}

/** The files below a folder. */
export function filesOfFolder(folder: OpenFolder): Cifar10Files {
  return (name) => {
    const path = folder.paths.find((path) => baseName(path) === name);
    return path === undefined ? missing(name, folder.paths) : folder.read(path);
  };
}

/**
 * The 50,000 training and 10,000 test images in their published order; validation images are a share of the
 * training images.
 *
 * Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html.
 * @param records Images in each file, for tests.
 * @throws {Error} When a file is missing, has another size, or a label above 9.
 */
export async function cifar10Pictures(
  read: Cifar10Files,
  fit: Fit,
  { shares, seed }: { readonly shares: Shares; readonly seed: bigint },
  records = RECORDS,
): Promise<PictureSet> {
  const items: (PictureItem & GroupedItem)[] = [];
  const splits: SplitName[] = [];
  for (const { name, split } of files) {
    const bytes = await read(name);
    if (bytes.length !== records * RECORD) {
      throw new Error(
        `Cannot read CIFAR-10: "${name}" must have ${
          records * RECORD
        } bytes, but has ${bytes.length}`,
      );
    }
    for (let index = 0; index < records; index++) {
      items.push(itemOf(bytes.subarray(index * RECORD, (index + 1) * RECORD), name, index, fit));
      splits.push(split);
    }
  }
  return {
    source: "CIFAR-10",
    classes: cifar10Classes,
    items,
    splits: splitItems(items, splits, shares, seed),
  };
}

function itemOf(record: Uint8Array, name: string, index: number, fit: Fit) {
  const label = record[0]!;
  if (label >= cifar10Classes.length) {
    throw new Error(
      `Cannot read CIFAR-10: labels must be 0 to 9, but image ${index} of "${name}" has ${label}`,
    );
  }
  const read = () => {
    const raster = { width: EDGE, height: EDGE, channels: 3 as const, data: interleave(record) };
    return fitRaster(raster, fit);
  };
  return { name: `${name}, image ${index}`, label, groups: [], read };
}

/** `[channel, height, width] -> [height, width, channel]`, behind the label. */
function interleave(record: Uint8Array): Uint8Array {
  const data = new Uint8Array(3 * AREA);
  for (let pixel = 0; pixel < AREA; pixel++) {
    for (let c = 0; c < 3; c++) data[3 * pixel + c] = record[1 + c * AREA + pixel]!;
  }
  return data;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function missing(name: string, found: readonly string[]): never {
  const list = found.length === 0 ? "nothing" : found.slice(0, 8).join(", ");
  throw new Error(
    `Cannot read CIFAR-10: the binary version has a file "${name}", but there is ${list}`,
  );
}
