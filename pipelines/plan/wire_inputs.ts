/** `stage.output` texts -> typed edges, or located diagnostics. */

import type { ArtifactKindId } from "../../artifacts/artifact.ts";
import type { InputConfig, PipelineConfig, StageConfig } from "../config/config.ts";
import type { Diagnostics } from "../config/diagnostic.ts";
import { didYouMean } from "../config/did_you_mean.ts";
import type { Edge } from "./plan.ts";
import { baseName, splitReference } from "../sweep/point_name.ts";
import type { AnyStage } from "../stage.ts";

/** What wiring needs to know about the other stages. */
export interface Wiring {
  readonly config: PipelineConfig;
  /** By name in the config; a stage whose `uses` is unknown is absent. */
  readonly stages: ReadonlyMap<string, AnyStage>;
  readonly diagnostics: Diagnostics;
}

/**
 * Connects the inputs of one stage, in the order of its ports.
 *
 * Reported: unknown ports, ports that must be connected but are not, unknown stages and outputs, and
 * values of the wrong kind.
 */
export function wireInputs(
  config: StageConfig,
  stage: AnyStage,
  wiring: Wiring,
): ReadonlyMap<string, Edge> {
  const { diagnostics } = wiring;
  const edges = new Map<string, Edge>();
  for (const [port, type] of Object.entries(stage.inputs)) {
    const input = config.inputs.get(port);
    const kind = kindOf(type);
    if (input !== undefined) {
      const edge = wire(config.name, port, kind, input, wiring);
      if (edge !== undefined) edges.set(port, edge);
    } else if (!type.endsWith("?")) {
      const message = `input "${port}" must be connected to ${kind}, but it is missing`;
      diagnostics.add(config.nameOrigin, `Cannot plan stage "${config.name}": ${message}`);
    }
  }
  const ports = Object.keys(stage.inputs);
  for (const [port, { portOrigin }] of config.inputs) {
    if (ports.includes(port)) continue;
    const message = `Cannot plan stage "${config.name}": ${stage.id} has no input "${port}"`;
    const hint = () => didYouMean(port, ports) ?? (ports.length === 0 ? "It has none" : undefined);
    diagnostics.add(portOrigin, message, hint);
  }
  return edges;
}

/** The kind of a port, without the `?` of an optional one. */
export function kindOf(type: ArtifactKindId | `${ArtifactKindId}?`): ArtifactKindId {
  // The type says that what is left is a kind; the compiler does not follow replace().
  return type.replace(/\?$/, "") as ArtifactKindId;
}

function wire(
  name: string,
  port: string,
  kind: ArtifactKindId,
  input: InputConfig,
  wiring: Wiring,
): Edge | undefined {
  const { config, stages, diagnostics } = wiring;
  const subject = `Cannot plan stage "${name}": input "${port}"`;
  const [stageName = "", output, ...rest] = splitReference(input.from);
  const hasStage = config.stages.has(stageName);
  const source = stages.get(stageName);
  const outputs = Object.keys(source?.outputs ?? {});
  if (output === undefined || output === "" || rest.length > 0) {
    const hint = () =>
      hasStage ? didYouMean("", outputs.map((key) => `${stageName}.${key}`)) : undefined;
    diagnostics.add(
      input.origin,
      `${subject} must be "stage.output", but is "${input.from}"`,
      hint,
    );
    return undefined;
  }
  if (!hasStage) {
    const hint = () => didYouMean(stageName, new Set(Array.from(config.stages.keys(), baseName)));
    diagnostics.add(
      input.origin,
      `${subject} names stage "${stageName}", which does not exist`,
      hint,
    );
    return undefined;
  }
  // A stage that uses something unknown is reported where it does.
  if (source === undefined) return undefined;
  const found = Object.hasOwn(source.outputs, output) ? source.outputs[output] : undefined;
  if (found === undefined) {
    const hint = () => didYouMean(output, outputs);
    const message = `${subject}: stage "${stageName}" (${source.id}) has no output "${output}"`;
    diagnostics.add(input.origin, message, hint);
    return undefined;
  }
  if (found !== kind) {
    const fitting = outputs.filter((key) => source.outputs[key] === kind);
    const hint = () =>
      fitting.length === 1 ? `Did you mean "${stageName}.${fitting[0]}"?` : undefined;
    diagnostics.add(
      input.origin,
      `${subject} must be ${kind}, but "${input.from}" is ${found}`,
      hint,
    );
    return undefined;
  }
  return { stage: stageName, output, kind, origin: input.origin };
}
