/** Features of frames by a model file that the user brings. */

import type { Engine } from "../../engine/engine.ts";
import type { FrameExtractor, FrameShape } from "./frame_features.ts";

/** Frames that go through the model together, where it does not fix the number. */
const BATCH = 64;

/**
 * The first output of an ONNX model, flattened per frame.
 *
 * Its one input is float32 `[batch, channel, height, width]` or `[batch, height, width, channel]`, values
 * in [0, 1]; grey frames are repeated for a model of three channels. Frames are never resized: a Fréchet
 * distance depends on how, so the model itself must do it.
 * @param path Where the model came from: its base name is part of the metric's label.
 * @throws {Error} When the model's input does not fit the frames.
 */
export async function onnxExtractor(
  engine: Engine,
  path: string,
  model: Uint8Array,
  frame: FrameShape,
): Promise<FrameExtractor> {
  const digest = await sha256(model);
  const name = (path.split("/").at(-1) ?? path).replace(/\.onnx$/, "");
  const program = engine.loadOnnx(model);
  const declared = program.inputs[0]?.shape ?? [];
  const layout = layoutOf(declared, frame, path);
  const batch = declared[0]! > 0 ? declared[0]! : BATCH;
  return {
    label: `${name} ${digest.slice(0, 6)}`,
    description: `features of the model file "${name}" (sha256 ${digest.slice(0, 16)})`,
    batch,
    async extract(frames) {
      const { data } = await program.run(arrange(frames, frame, { ...layout, batch }));
      return data.slice();
    },
    dispose: () => program.dispose(),
  };
}

interface Layout {
  readonly order: "NCHW" | "NHWC";
  /** Channels of the model: those of the frames, or 3 for grey ones. */
  readonly channels: number;
}

function layoutOf(declared: readonly number[], frame: FrameShape, path: string): Layout {
  const { height, width, channels } = frame;
  const fits = (size: number, expected: number) => size < 0 || size === expected;
  for (const order of ["NCHW", "NHWC"] as const) {
    const [c, h, w] = order === "NCHW"
      ? [declared[1], declared[2], declared[3]]
      : [declared[3], declared[1], declared[2]];
    if (declared.length !== 4 || c === undefined || h === undefined || w === undefined) break;
    const isGreyFor3 = channels === 1 && c === 3;
    if ((fits(c, channels) || isGreyFor3) && fits(h, height) && fits(w, width)) {
      return { order, channels: isGreyFor3 ? 3 : channels };
    }
  }
  throw new Error(
    `Cannot compute fid: the input of model "${path}" must take frames of ${height}x${width} with ` +
      `${channels} channels, but its shape is [${declared.join(", ")}]`,
  );
}

/** `[batch, height, width, channel]` -> the model's layout, grey repeated where it wants colour. */
function arrange(
  frames: Float32Array,
  { height, width, channels }: FrameShape,
  { order, channels: wanted, batch }: Layout & { readonly batch: number },
): { data: Float32Array; shape: readonly number[] } {
  const shape = order === "NCHW" ? [batch, wanted, height, width] : [batch, height, width, wanted];
  const data = new Float32Array(batch * height * width * wanted);
  const area = height * width;
  for (let item = 0; item < batch; item++) {
    for (let pixel = 0; pixel < area; pixel++) {
      for (let channel = 0; channel < wanted; channel++) {
        const source = (item * area + pixel) * channels + (channels === 1 ? 0 : channel);
        const target = order === "NCHW"
          ? (item * wanted + channel) * area + pixel
          : (item * area + pixel) * wanted + channel;
        data[target] = frames[source]!;
      }
    }
  }
  return { data, shape };
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const copy = new Uint8Array(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", copy)).toHex();
}
