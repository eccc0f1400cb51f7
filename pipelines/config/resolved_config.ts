/** The config that really runs: composed, interpolated, with every default written out. */

import { parse, stringify } from "yaml";
import type { Json } from "../../artifacts/weights.ts";
import { toJson } from "../key/canonical_json.ts";
import type { Plan, PlannedStage } from "../plan/plan.ts";
import { defaultRetry, type RetryPolicy } from "../run/retry.ts";

/** As plain data; it is itself a valid config of the same keys. */
export function resolvedConfig(plan: Plan): Json {
  return {
    name: plan.config.name,
    seed: plan.config.seed,
    stages: Object.fromEntries(
      plan.stages.map((planned) => [planned.name, resolvedStage(planned)]),
    ),
  };
}

/** As YAML text, for a person and for the record of a run. */
export function resolvedConfigText(plan: Plan): string {
  return stringify(resolvedConfig(plan), { lineWidth: 100, aliasDuplicateObjects: false });
}

/** Reads the text back as plain data. @throws {SyntaxError} When it is no YAML of plain data. */
export function parseResolvedConfig(text: string): Json {
  try {
    // What this program writes has no aliases, and a record may come from anyone.
    return toJson(parse(text, { maxAliasCount: 0, merge: false }) ?? {});
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new SyntaxError(`Cannot read the resolved config of a run: ${error.message}`);
  }
}

function resolvedStage({ stage, params, inputs, config }: PlannedStage): Json {
  const edges = [...inputs].map(([port, edge]) => [port, `${edge.stage}.${edge.output}`]);
  const { cpus, gpu, memoryMiB } = config.resources;
  const resources = {
    ...(cpus === undefined ? {} : { cpus }),
    ...(gpu === undefined ? {} : { gpu }),
    ...(memoryMiB === undefined ? {} : { memory: `${memoryMiB}MiB` }),
  };
  return {
    uses: stage.id,
    ...(config.point === undefined ? {} : { point: escapeReferences(config.point) }),
    ...(config.seed === undefined ? {} : { seed: config.seed.value }),
    ...(Object.keys(params).length === 0 ? {} : { with: escapeReferences(params) }),
    ...(edges.length === 0 ? {} : { inputs: Object.fromEntries(edges) }),
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
    ...(config.retry.times === 0 ? {} : { retry: resolvedRetry(config.retry) }),
    ...(config.timeoutSeconds === undefined ? {} : { timeout: `${config.timeoutSeconds}s` }),
  };
}

/** A number where that says everything. */
function resolvedRetry({ times, on, backoffSeconds }: RetryPolicy): Json {
  const isDefault = on.join() === defaultRetry.on.join() &&
    backoffSeconds === defaultRetry.backoffSeconds;
  return isDefault ? times : { times, on, backoff: `${backoffSeconds}s` };
}

/** A literal "${" must be read back as one. */
function escapeReferences(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("${", "$${");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(escapeReferences);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, escapeReferences(item)]),
  );
}
