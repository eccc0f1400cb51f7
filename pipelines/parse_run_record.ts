/** Reading the record of an earlier run. */

import { z } from "zod";
import { retryCauses } from "./run/retry.ts";
import type { RunRecord } from "./run_record.ts";

/** Reads `run.json`. @throws {SyntaxError} Naming the first field that is wrong. */
export function parseRunRecord(text: string): RunRecord {
  const parsed = checked(text);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SyntaxError(
    `Cannot read the record of a run: field "${issue?.path.join(".")}": ${issue?.message}`,
  );
}

function checked(text: string) {
  try {
    return recordSchema.safeParse(JSON.parse(text));
  } catch (error) {
    // Checking recurses; reading JSON does not.
    if (!(error instanceof RangeError)) throw error;
    throw new SyntaxError("Cannot read the record of a run: it nests too deep", { cause: error });
  }
}

const scoreSchema = z.object({
  stage: z.string(),
  metric: z.string(),
  value: z.number(),
  unit: z.string(),
  better: z.enum(["higher", "lower"]),
  count: z.number(),
  protocol: z.string(),
  of: z.string(),
  interval: z.number().exactOptional(),
});

const pair = z.tuple([z.number(), z.number()]);

const chartSchema = z.object({
  stage: z.string(),
  title: z.string(),
  xLabel: z.string(),
  yLabel: z.string(),
  logY: z.boolean().exactOptional(),
  series: z.array(z.object({
    name: z.string(),
    points: z.array(pair),
    band: z.array(pair).exactOptional(),
  })),
});

const stageSchema = z.object({
  name: z.string(),
  uses: z.string(),
  point: z.record(z.string(), z.json()).exactOptional(),
  key: z.string(),
  state: z.enum(["ran", "cached", "failed", "skipped"]),
  seconds: z.number(),
  computeSeconds: z.number(),
  outputs: z.record(
    z.string(),
    z.object({ kind: z.string(), digest: z.string(), bytes: z.number() }),
  ),
  inputs: z.record(z.string(), z.string()),
  params: z.json(),
  warnings: z.array(z.string()),
  message: z.string().exactOptional(),
  cause: z.enum([...retryCauses, "lease", "frozen", "interrupted"]).exactOptional(),
  attempts: z.number().exactOptional(),
  retriedFor: z.array(z.enum(retryCauses)).exactOptional(),
  isDeterministic: z.boolean().exactOptional(),
});

const mediaSchema = z.object({
  stage: z.string(),
  name: z.string(),
  type: z.enum(["image/gif", "image/png"]),
  width: z.number(),
  height: z.number(),
  caption: z.string(),
  blob: z.string().regex(/^[0-9a-f]{64}$/),
});

const previewSchema = z.object({
  stage: z.string(),
  step: z.number(),
  name: z.string(),
  type: z.enum(["image/gif", "image/png"]),
  width: z.number(),
  height: z.number(),
  caption: z.string(),
  // It is read from below the run's folder, and a record may come from anyone.
  file: z.string().regex(
    /^previews\/[a-z0-9][A-Za-z0-9_.,=+~@-]{0,220}\/[a-z0-9][a-z0-9_.-]{0,127}$/,
  ),
});

const recordSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  status: z.enum(["succeeded", "failed", "interrupted"]),
  seconds: z.number(),
  seed: z.number(),
  config: z.string(),
  stages: z.array(stageSchema),
  scores: z.array(scoreSchema),
  charts: z.array(chartSchema),
  media: z.array(mediaSchema),
  // Absent in records of version 0.1.
  previews: z.array(previewSchema).default([]),
  provenance: z.record(z.string(), z.string()),
});
