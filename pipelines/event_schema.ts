/** Events as lines of JSON, for programs that read them and for tests; docs/events.md describes them. */

import { z } from "zod";
import { mediaRow } from "../artifacts/media.ts";
import type { Event } from "./event.ts";
import { retryCauses } from "./run/retry.ts";

const stage = z.string().min(1);
const key = z.string().regex(/^[0-9a-f]{64}$/);
const seconds = z.number().nonnegative();

/** Seconds since the run's output was opened. */
const at = seconds;

const progress = z.strictObject({
  step: z.int().nonnegative(),
  of: z.int().nonnegative(),
  /** null stands for what JSON has no number for: NaN and infinities. */
  values: z.record(z.string(), z.number().nullable()).exactOptional(),
  message: z.string().exactOptional(),
});

/** One line of `--events` and of `events.ndjson`. */
export const eventLine = z.discriminatedUnion("kind", [
  z.strictObject({
    at,
    kind: z.literal("run-started"),
    name: z.string().min(1),
    stages: z.array(stage),
  }),
  z.strictObject({
    at,
    kind: z.literal("stage-cached"),
    stage,
    key,
    isTrusted: z.literal(true).exactOptional(),
  }),
  z.strictObject({ at, kind: z.literal("stage-waiting"), stage, key, holder: z.string() }),
  z.strictObject({ at, kind: z.literal("stage-started"), stage, key, reason: z.string() }),
  z.strictObject({ at, kind: z.literal("stage-resumed"), stage, step: z.int().nonnegative() }),
  z.strictObject({ at, kind: z.literal("stage-progress"), stage, progress }),
  z.strictObject({
    at,
    kind: z.literal("stage-preview"),
    stage,
    step: z.int().nonnegative(),
    file: z.string(),
    ...mediaRow.shape,
  }),
  z.strictObject({ at, kind: z.literal("stage-warning"), stage, message: z.string() }),
  z.strictObject({ at, kind: z.literal("stage-log"), stage, text: z.string() }),
  z.strictObject({ at, kind: z.literal("stage-finished"), stage, seconds }),
  z.strictObject({
    at,
    kind: z.literal("stage-retrying"),
    stage,
    cause: z.enum(retryCauses),
    message: z.string(),
    attempt: z.int().positive(),
    of: z.int().positive(),
    pauseSeconds: seconds,
  }),
  z.strictObject({
    at,
    kind: z.literal("stage-failed"),
    stage,
    cause: z.enum([...retryCauses, "lease", "frozen", "interrupted"]),
    message: z.string(),
  }),
  z.strictObject({ at, kind: z.literal("stage-checking"), stage }),
  z.strictObject({ at, kind: z.literal("stage-skipped"), stage, because: z.string() }),
  z.strictObject({
    at,
    kind: z.literal("artifact-damaged"),
    stage,
    port: z.string(),
    message: z.string(),
  }),
  z.strictObject({
    at,
    kind: z.literal("run-finished"),
    status: z.enum(["succeeded", "failed", "interrupted"]),
    seconds,
  }),
]);

export type EventLine = z.output<typeof eventLine>;

/** Fields of each kind of a union. */
type Fields<Union extends { readonly kind: string }> = {
  [Kind in Union["kind"]]: keyof Extract<Union, { readonly kind: Kind }>;
};

type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;

/** Does not compile while an event or one of its fields has no place in the schema, or the reverse. */
true satisfies Same<Fields<Event & { readonly at: number }>, Fields<EventLine>>;
