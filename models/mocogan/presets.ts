/** Sizes of MoCoGAN by name. */

import type { MocoganConfig, MotionConfig, NoiseConfig } from "./config.ts";

/** What a preset leaves to the data. */
export type MocoganPreset = Omit<MocoganConfig, "size" | "channels" | "frames" | "categories">;

const freshGru: MotionConfig = { size: 10, cell: "gru", hidden: null, noise: "fresh" };

const everywhere: NoiseConfig = { sigma: 0.1, at: "convolutions" };

const presets = {
  /** The sizes of the paper, with the discriminators and the noise of the recipe that people run. */
  published: {
    content: 50,
    motion: freshGru,
    generatorWidth: 64,
    discriminatorWidth: 64,
    imageDiscriminator: "patch",
    videoDiscriminator: "categorical",
    videoTime: "valid",
    noise: everywhere,
  },
  /** MP5: an LSTM with a motion head, fed the same noise at all frames. */
  mp5: {
    content: 50,
    motion: { size: 10, cell: "lstm", hidden: 100, noise: "same" },
    generatorWidth: 64,
    discriminatorWidth: 64,
    imageDiscriminator: "full",
    videoDiscriminator: "full",
    videoTime: "halved",
    noise: { sigma: 0, at: "inputs" },
  },
  /** For two processor cores and simple clips. */
  small: {
    content: 16,
    motion: freshGru,
    generatorWidth: 32,
    discriminatorWidth: 24,
    imageDiscriminator: "patch",
    videoDiscriminator: "categorical",
    videoTime: "valid",
    noise: { sigma: 0.1, at: "inputs" },
  },
} as const satisfies Readonly<Record<string, MocoganPreset>>;

export type MocoganPresetId = keyof typeof presets;

export const mocoganPresetIds = [
  "small",
  "published",
  "mp5",
] as const satisfies readonly MocoganPresetId[];

export function mocoganPreset(id: MocoganPresetId): MocoganPreset {
  return presets[id];
}
