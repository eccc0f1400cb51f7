/** From what a config says about noise to tables. */

import { type NoiseSchedule, noiseSchedule } from "./noise_schedule.ts";
import { type ScheduleId, schedules } from "./schedules/mod.ts";
import { zeroTerminalSnr } from "./zero_terminal_snr.ts";

/** How noise grows, as data. */
export interface ScheduleChoice {
  /** A schedule by name, or β of each step itself. */
  readonly schedule: ScheduleId | readonly number[];
  /** Diffusion steps; as many as the list has, if there is one. */
  readonly timesteps: number;
  /** Rescale so that the last step is pure noise. */
  readonly zeroTerminalSnr: boolean;
}

/**
 * The tables that a choice stands for.
 * @throws {RangeError} When the number of steps is no positive whole number or not that of the list, or a β is not
 * in (0, 1].
 */
export function buildSchedule(choice: ScheduleChoice): NoiseSchedule {
  const { schedule, timesteps } = choice;
  if (!Number.isInteger(timesteps) || timesteps < 1) {
    throw new RangeError(
      `Cannot build a noise schedule: timesteps must be a whole number >= 1, but is ${timesteps}`,
    );
  }
  const beta = typeof schedule === "string"
    ? schedules[schedule](timesteps)
    : Float64Array.from(schedule);
  if (beta.length !== timesteps) {
    throw new RangeError(
      `Cannot build a noise schedule: a list of beta must have as many entries as there are timesteps, ` +
        `but it has ${beta.length} for ${timesteps}`,
    );
  }
  return noiseSchedule(choice.zeroTerminalSnr ? zeroTerminalSnr(beta) : beta);
}
