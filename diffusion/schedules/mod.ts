/** The schedules a config may name: functions from a number of steps to β of each step. */

import { cosine } from "./cosine.ts";
import { linear, linearScaled } from "./linear.ts";
import { scaledLinear } from "./scaled_linear.ts";
import { sigmoid } from "./sigmoid.ts";

export const schedules = {
  linear,
  linear_scaled: linearScaled,
  scaled_linear: scaledLinear,
  cosine,
  sigmoid,
} satisfies Record<string, (steps: number) => Float64Array>;

export type ScheduleId = keyof typeof schedules;

export const scheduleIds = Object.keys(schedules) as [ScheduleId, ...ScheduleId[]];
