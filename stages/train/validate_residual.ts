/** How well a denoiser does on clips it has not seen, at each noise. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Clips } from "../../artifacts/clips.ts";
import type { LossId } from "../../diffusion/objective.ts";
import { residualLoss } from "../../diffusion/residual_loss.ts";
import type { ResidualModel, ResidualParameters } from "../../diffusion/residual_rollout.ts";
import type { Engine } from "../../engine/engine.ts";
import type { NamedArrays } from "../../artifacts/weights.ts";
import type { Parameters } from "../../models/parameters.ts";
import { disposeAll, type HostTensor, toDevice } from "../../training/host_tensor.ts";
import { residualBatches, type ResidualBatchOptions } from "./residual_batches.ts";

/** Quarters of the diffusion steps, from little to much noise. */
export const NOISE_BUCKETS = 4;
/** Batches in one validation. */
const BATCHES = 4;
/** Always the same clips and noise, so that runs compare. */
const SEED = 1n;

export interface ResidualValidationOptions extends ResidualBatchOptions {
  readonly model: ResidualModel;
  readonly loss: LossId;
  readonly split: (trained: Parameters, batch: Parameters) => ResidualParameters;
}

/**
 * Prepares the validation: mean loss over rows whose diffusion step falls into each quarter.
 * @returns `run`, which gives `{ bucket0, ..., bucket3 }`, without buckets that met no row.
 */
export function createResidualValidation(
  engine: Engine,
  clips: Clips,
  options: ResidualValidationOptions,
) {
  const { schedule, split } = options;
  const draw = residualBatches(clips, SEED, { ...options, stepPerClip: false });
  const program = engine.jit(
    (parameters: Parameters, batch: Parameters): tf.Tensor =>
      residualLoss(split(parameters, batch), options, batch),
    { name: "residual validation" },
  );
  return {
    async run(parameters: Parameters, frozen: NamedArrays): Promise<Record<string, number>> {
      const sums = new Float64Array(NOISE_BUCKETS);
      const counts = new Float64Array(NOISE_BUCKETS);
      for (let step = 0; step < BATCHES; step++) {
        const host: Record<string, HostTensor> = { ...frozen, ...draw(step) };
        const batch = toDevice(host);
        const result = await program(parameters, batch);
        const losses = await result.data();
        disposeAll({ ...batch, result });
        for (const [row, timestep] of host.timesteps!.data.entries()) {
          const bucket = Math.floor((timestep * NOISE_BUCKETS) / schedule.steps);
          sums[bucket]! += losses[row]!;
          counts[bucket]! += 1;
        }
      }
      return Object.fromEntries(
        Array.from(sums, (sum, i) => [`bucket${i}`, sum / counts[i]!] as const)
          .filter(([, value]) => Number.isFinite(value)),
      );
    },
    dispose: () => program.dispose(),
  };
}
