/** How well a denoiser does on images it has not seen, at each noise. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Images } from "../../artifacts/images.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Parameters } from "../../models/parameters.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";
import { meanByBucket } from "../../training/noise_buckets.ts";
import { ddpmBatches, type DdpmBatchOptions } from "./ddpm_batches.ts";
import { ddpmLoss, type DdpmLossOptions } from "./ddpm_loss.ts";

/** The mean over all noises: what "best" is chosen by. */
export const VALIDATION_LOSS = "validation";

/** Images whose loss is measured, each with one noise; the same each time. */
const IMAGES = 512;
/** Always the same images and noise, so that steps and runs compare. */
const SEED = 1n;

export interface DdpmValidationOptions extends DdpmBatchOptions, DdpmLossOptions {
  readonly noiseBuckets: number;
}

/**
 * Prepares the validation: whole images without augmentation, labels shown.
 * @returns `run`, which gives the mean loss and that of each part of the diffusion steps.
 */
export function createDdpmValidation(
  engine: Engine,
  images: Images,
  options: DdpmValidationOptions,
) {
  const { crop } = options.augment;
  const batch = Math.min(options.batch, images.shape[0]);
  const draw = ddpmBatches(images, SEED, {
    ...options,
    batch,
    augment: { flip: 0, crop: crop === null ? null : { ...crop, scale: [1, 1] } },
    labelDropout: 0,
  });
  const program = engine.jit(
    (parameters: Parameters, batch: Parameters): tf.Tensor =>
      ddpmLoss(parameters, options, batch, "eval").losses,
    { name: "validation of the denoiser" },
  );
  return {
    async run(parameters: Parameters): Promise<Record<string, number>> {
      const losses: number[] = [];
      const timesteps: number[] = [];
      for (let step = 0; step * batch < IMAGES; step++) {
        const host = draw(step);
        const device = toDevice(host);
        const result = await program(parameters, device);
        losses.push(...await result.data());
        timesteps.push(...host["timesteps"]!.data);
        disposeAll({ ...device, result });
      }
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      return {
        [VALIDATION_LOSS]: mean,
        ...meanByBucket(losses, timesteps, options.schedule.steps, options.noiseBuckets),
      };
    },
    dispose: () => program.dispose(),
  };
}
