/** Small videos for tests of metrics. */

import type { Video } from "../../metrics/video.ts";
import { hashUniform } from "./hash_uniform.ts";

interface Sizes {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly channels?: number;
}

/** A video of these values, `[frame, height, width, channel]`. */
export function video(values: readonly number[], { channels = 1, ...sizes }: Sizes): Video {
  return { data: Float64Array.from(values), channels, ...sizes };
}

/** A video of reproducible noise in (0, 1). */
export function noiseVideo(seed: number, { channels = 1, ...sizes }: Sizes): Video {
  const length = sizes.frames * sizes.height * sizes.width * channels;
  const data = Float64Array.from({ length }, (_, i) => hashUniform(i, 0, seed));
  return { data, channels, ...sizes };
}
