import type { MocoganConfig } from "../../../models/mocogan/config.ts";

/** Networks of a few thousand parameters for clips of 8 frames of 16 pixels. */
export function tinyConfig(changes: Partial<MocoganConfig> = {}): MocoganConfig {
  return {
    size: 16,
    channels: 3,
    frames: 8,
    content: 3,
    motion: { size: 4, cell: "gru", hidden: null, noise: "fresh" },
    categories: 2,
    generatorWidth: 3,
    discriminatorWidth: 3,
    imageDiscriminator: "patch",
    videoDiscriminator: "categorical",
    videoTime: "valid",
    noise: { sigma: 0, at: "inputs" },
    ...changes,
  };
}
