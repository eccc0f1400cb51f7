/** Features of frames, by a trained network or by a model file that the user brings. */

import * as tf from "@tensorflow/tfjs-core";
import type { FeatureExtractor } from "../../artifacts/feature_extractor.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Features } from "../../metrics/features.ts";
import type { Parameters } from "../../models/parameters.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";
import { featureNetwork } from "./feature_networks.ts";

export interface FrameShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface FrameExtractor {
  /** As in `fid[digits 3f2a1c]`; null for the published network, whose distances need no brackets. */
  readonly label: string | null;
  /** Which network, for the protocol. */
  readonly description: string;
  readonly batch: number;
  /** @param frames `[batch, height, width, channel]` in [0, 1]. @returns `[batch, features]`. */
  extract(frames: Float32Array): Promise<Float32Array>;
  dispose(): void;
}

/**
 * The extractor of an artifact.
 * @param digest sha256 of its content, hex.
 * @throws {Error} When this stage does not know the network, or it takes other frames.
 */
export function trainedExtractor(
  engine: Engine,
  extractor: FeatureExtractor,
  digest: string,
  shape: FrameShape,
): FrameExtractor {
  const { name, model, parameters: arrays, dimensions } = extractor;
  const network = featureNetwork(extractor, shape.channels);
  const { batch, preparation, isPublished } = network;
  const parameters = toDevice(arrays);
  const program = engine.jit(
    (parameters: Parameters, frames: tf.Tensor) => network.features(parameters, frames),
    { name: `features ${name}` },
  );
  const facts = [model, `sha256 ${digest.slice(0, 16)}`, ...accuracyOf(extractor)].join(", ");
  return {
    label: isPublished ? null : `${name} ${digest.slice(0, 6)}`,
    description: `${dimensions} features of "${name}" (${facts})` +
      (preparation === "" ? "" : `, ${preparation}`),
    batch,
    async extract(frames) {
      const device = toDevice({ frames: { shape: [batch, ...sizesOf(shape)], data: frames } });
      const features = await program(parameters, device["frames"]!);
      const values = Float32Array.from(await features.data());
      features.dispose();
      disposeAll(device);
      return values;
    },
    dispose() {
      disposeAll(parameters);
      program.dispose();
    },
  };
}

/** The id of a metric of features: `fid[digits 3f2a1c]`, or bare for the published network. */
export function metricOf(id: string, { label }: FrameExtractor): string {
  return label === null ? id : `${id}[${label}]`;
}

function accuracyOf({ facts }: FeatureExtractor): string[] {
  const { testAccuracy, heldOutAccuracy, chanceAccuracy = 0 } = facts;
  if (testAccuracy !== undefined) return [`test accuracy ${(100 * testAccuracy).toFixed(2)} %`];
  if (heldOutAccuracy === undefined) return [];
  const [right, chance] = [heldOutAccuracy, chanceAccuracy].map((x) => (100 * x).toFixed(1));
  return [`held-out accuracy ${right} %, by the most frequent class ${chance} %`];
}

/** Gathers frames into batches and keeps their features; memory is one batch and the features. */
export class FeatureCollector {
  readonly #extractor: FrameExtractor;
  readonly #batch: Float32Array;
  readonly #size: number;
  readonly #features: Float32Array[] = [];
  #count = 0;

  constructor(extractor: FrameExtractor, { height, width, channels }: FrameShape) {
    this.#extractor = extractor;
    this.#size = height * width * channels;
    this.#batch = new Float32Array(extractor.batch * this.#size);
  }

  async add(frame: Float32Array | Float64Array): Promise<void> {
    const slot = this.#count % this.#extractor.batch;
    this.#batch.set(frame, slot * this.#size);
    this.#count++;
    if (slot + 1 === this.#extractor.batch) await this.#flush();
  }

  /** All features, in the order of the frames. Called once, after the last frame. */
  async features(): Promise<Features> {
    const pending = this.#count % this.#extractor.batch;
    if (pending > 0) {
      // What an earlier batch left behind the last frames is computed too, and cut off here.
      await this.#flush();
    }
    const dimensions = (this.#features[0]?.length ?? 0) / this.#extractor.batch;
    const data = new Float32Array(this.#count * dimensions);
    this.#features.forEach((values, batch) => {
      const start = batch * values.length;
      data.set(values.subarray(0, Math.min(values.length, data.length - start)), start);
    });
    return { data, count: this.#count, dimensions };
  }

  async #flush(): Promise<void> {
    this.#features.push(await this.#extractor.extract(this.#batch));
  }
}

function sizesOf({ height, width, channels }: FrameShape): [number, number, number] {
  return [height, width, channels];
}
