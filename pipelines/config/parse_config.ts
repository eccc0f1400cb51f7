/** YAML file -> PipelineConfig, or everything that is wrong with it. */

import { basename, dirname, isAbsolute, join } from "node:path";
import { composeConfig } from "./compose_config.ts";
import { isOutside, realPath } from "./real_path.ts";
import type { PipelineConfig } from "./config.ts";
import { type ConfigNode, describeNode } from "./config_node.ts";
import { Diagnostics } from "./diagnostic.ts";
import { expandMatrix } from "../sweep/expand_matrix.ts";
import { applyOverride, applyProfiles } from "./override_config.ts";
import { readConfig } from "./read_config.ts";

export interface ParseOptions {
  /** Absolute folder that the config's path is relative to; the project, when the config lies in it. */
  readonly folder: string;
  /** `a.b.c=value`, in order. */
  readonly set?: readonly string[];
  /** Names of profiles, in order. */
  readonly profiles?: readonly string[];
  /** `variable=value`: the part of a sweep that is wanted. */
  readonly points?: readonly string[];
}

/**
 * Reads a config with all that it extends, lays profiles and overrides over it, interpolates, writes
 * its sweep out, and checks everything that can be checked without knowing the stages.
 *
 * @param file Path as the user gave it; diagnostics show it like that.
 * @throws {ConfigError} With every diagnostic found up to the first step that cannot go on.
 * @throws {PointChoiceError} When `points` name what the sweep does not have.
 */
export async function parseConfig(file: string, options: ParseOptions): Promise<PipelineConfig> {
  const diagnostics = new Diagnostics();
  const place = await placeOf(file, options.folder);
  const composed = await composeConfig(file, { ...place, folder: options.folder, diagnostics });
  diagnostics.throwIfAny();
  if (composed === undefined) throw new Error(`Internal error: "${file}" failed without a reason`);
  return configFromNode(composed, { ...options, ...place, file });
}

/** Where a config lies, and under which name. */
export interface ConfigPlace {
  readonly file: string;
  readonly folder: string;
  readonly projectFolder: string;
}

/**
 * The pure part of `parseConfig`: from a composed tree of values.
 *
 * @throws {ConfigError}
 */
export function configFromNode(
  composed: ConfigNode,
  options: ConfigPlace & Pick<ParseOptions, "set" | "profiles" | "points">,
): PipelineConfig {
  const diagnostics = new Diagnostics();
  if (composed.kind !== "map") {
    const found = describeNode(composed);
    diagnostics.add(composed.origin, `A config must be a map with "stages", but is ${found}`);
    diagnostics.throwIfAny();
    throw new Error("Internal error: a diagnostic must have been thrown");
  }
  let root = applyProfiles(composed, options.profiles ?? [], diagnostics);
  for (const text of options.set ?? []) root = applyOverride(root, text, diagnostics);
  const config = readConfig(
    expandMatrix(root, options.points ?? [], diagnostics),
    { ...options, defaultName: defaultName(options.file) },
    diagnostics,
  );
  diagnostics.throwIfAny();
  return config;
}

async function placeOf(
  file: string,
  folder: string,
): Promise<{ folder: string; projectFolder: string }> {
  const path = isAbsolute(file) ? file : join(folder, file);
  const project = await realPath(folder) ?? folder;
  const own = await realPath(dirname(path)) ?? dirname(path);
  return { folder: own, projectFolder: isOutside(project, own) ? own : project };
}

/** A name for a pipeline that has none: its file's, made to fit the rule. */
function defaultName(file: string): string {
  const bare = basename(file).replace(/\.[^.]*$/, "").toLowerCase().replace(/[^a-z0-9_-]/g, "-");
  return bare.replace(/^[_-]+/, "").slice(0, 64) || "pipeline";
}
