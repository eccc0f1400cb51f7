/** A tree of located values -> PipelineConfig: the shape of a config, apart from what stages define. */

import type { Json } from "../../artifacts/weights.ts";
import type { InputConfig, Located, PipelineConfig, Resources, StageConfig } from "./config.ts";
import {
  type ConfigNode,
  describeNode,
  type MapEntry,
  type MapNode,
  mapNode,
  plainValue,
} from "./config_node.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import { complaintAboutName } from "./name_rule.ts";
import { complaintAboutStageName } from "../sweep/point_name.ts";
import { stageKeys } from "./override_config.ts";
import { parseDuration, parseMemory } from "./quantity.ts";
import { readRetry } from "./read_retry.ts";
import { findLiteralSecrets, readSecretNames } from "./secrets.ts";
import type { Origin } from "./source.ts";

const bodyKeys: readonly string[] = ["name", "seed", "params", "matrix", "stages"];
const configKeys: readonly string[] = [...bodyKeys, "profiles", "secrets", "extends"];
const resourceKeys: readonly string[] = ["cpus", "gpu", "memory"];

/** Reads what is there; whatever is wrong goes to `diagnostics`, and a default takes its place. */
export function readConfig(
  root: MapNode,
  place: Pick<PipelineConfig, "file" | "folder" | "projectFolder"> & { defaultName: string },
  diagnostics: Diagnostics,
): PipelineConfig {
  return new ConfigReader(diagnostics).read(root, place);
}

class ConfigReader {
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  read(
    root: MapNode,
    place: Pick<PipelineConfig, "file" | "folder" | "projectFolder"> & { defaultName: string },
  ): PipelineConfig {
    this.#checkKeys(root, configKeys, "a config");
    const { defaultName, ...where } = place;
    const seed = root.entries.get("seed");
    const params = root.entries.get("params");
    if (params !== undefined) this.#asMap(params.node, '"params"');
    return {
      file: where.file,
      folder: where.folder,
      projectFolder: where.projectFolder,
      tree: root,
      name: this.#readName(root.entries.get("name")?.node) ?? defaultName,
      seed: this.#readInteger(seed, '"seed"', 0, Number.MAX_SAFE_INTEGER) ?? 0,
      ...(seed === undefined ? {} : { seedOrigin: seed.node.origin }),
      stages: this.#readStages(root),
      profiles: this.#readProfiles(root.entries.get("profiles")?.node),
      secrets: readSecretNames(root.entries.get("secrets")?.node, this.#diagnostics),
      warnings: findLiteralSecrets(root),
    };
  }

  #readName(node: ConfigNode | undefined): string | undefined {
    if (node === undefined) return undefined;
    const name = this.#asString(node, '"name"');
    if (name === undefined) return undefined;
    this.#checkName('"name"', name, node.origin);
    return name;
  }

  #readStages(root: MapNode): ReadonlyMap<string, StageConfig> {
    const stages = new Map<string, StageConfig>();
    const entry = root.entries.get("stages");
    if (entry === undefined) {
      this.#diagnostics.add(root.origin, 'A config must have "stages"');
      return stages;
    }
    const map = this.#asMap(entry.node, '"stages"');
    if (map?.entries.size === 0) {
      this.#diagnostics.add(entry.keyOrigin, '"stages" must name at least one stage');
    }
    for (const [name, { keyOrigin, node }] of map?.entries ?? []) {
      const isPoint = node.kind === "map" && node.entries.has("point");
      const complaint = complaintAboutStageName(name, isPoint);
      if (complaint !== undefined) this.#diagnostics.add(keyOrigin, complaint);
      const stage = this.#readStage(name, keyOrigin, node);
      if (stage !== undefined) stages.set(name, stage);
    }
    return stages;
  }

  #readStage(name: string, nameOrigin: Origin, node: ConfigNode): StageConfig | undefined {
    const map = this.#asMap(node, `Stage "${name}"`);
    if (map === undefined) return undefined;
    this.#checkKeys(map, [...stageKeys, "point"], `stage "${name}"`);
    const uses = map.entries.get("uses");
    if (uses === undefined) {
      this.#diagnostics.add(nameOrigin, `Stage "${name}" must say what it "uses"`);
    }
    const id = uses && this.#asString(uses.node, `"uses" of stage "${name}"`);
    const withNode = map.entries.get("with");
    const timeout = map.entries.get("timeout")?.node;
    const timeoutSeconds = timeout &&
      this.#readQuantity(timeout, '"timeout"', parseDuration, "90s, 10m or 1h30m");
    const parameters = withNode && this.#asMap(withNode.node, `"with" of stage "${name}"`);
    const inputs = this.#readInputs(name, map.entries.get("inputs")?.node);
    const resources = this.#readResources(map.entries.get("resources")?.node);
    const retry = readRetry(map.entries.get("retry")?.node, this.#diagnostics);
    const seed = this.#readSeed(name, map.entries.get("seed"));
    const pointNode = map.entries.get("point")?.node;
    const point = pointNode && this.#asMap(pointNode, `"point" of stage "${name}"`);
    if (uses === undefined || id === undefined) return undefined;
    return {
      name,
      nameOrigin,
      uses: { value: id, origin: uses.node.origin },
      with: parameters ?? mapNode(new Map(), nameOrigin),
      inputs,
      resources,
      retry,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(seed === undefined ? {} : { seed }),
      ...(point === undefined ? {} : { point: valuesOf(point) }),
    };
  }

  #readSeed(stage: string, entry: MapEntry | undefined): Located<number> | undefined {
    const what = `"seed" of stage "${stage}"`;
    const value = this.#readInteger(entry, what, 0, Number.MAX_SAFE_INTEGER);
    return entry && value !== undefined ? { value, origin: entry.node.origin } : undefined;
  }

  #readInputs(stage: string, node: ConfigNode | undefined): ReadonlyMap<string, InputConfig> {
    const inputs = new Map<string, InputConfig>();
    const map = node && this.#asMap(node, `"inputs" of stage "${stage}"`);
    for (const [port, entry] of map?.entries ?? []) {
      const from = this.#asString(entry.node, `Input "${port}" of stage "${stage}"`);
      if (from === undefined) continue;
      inputs.set(port, { from, origin: entry.node.origin, portOrigin: entry.keyOrigin });
    }
    return inputs;
  }

  #readResources(node: ConfigNode | undefined): Resources {
    const map = node && this.#asMap(node, '"resources"');
    if (map === undefined) return {};
    this.#checkKeys(map, resourceKeys, '"resources"');
    const cpus = this.#readInteger(map.entries.get("cpus"), '"cpus"', 1, 4096);
    const gpu = this.#readInteger(map.entries.get("gpu"), '"gpu"', 0, 64);
    const memory = map.entries.get("memory")?.node;
    const memoryMiB = memory &&
      this.#readQuantity(memory, '"memory"', parseMemory, "512MiB or 16GiB");
    return {
      ...(cpus === undefined ? {} : { cpus }),
      ...(gpu === undefined ? {} : { gpu }),
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
    };
  }

  #readProfiles(node: ConfigNode | undefined): readonly string[] {
    const map = node && this.#asMap(node, '"profiles"');
    for (const [name, { keyOrigin, node }] of map?.entries ?? []) {
      this.#checkName("A profile's name", name, keyOrigin);
      const profile = this.#asMap(node, `Profile "${name}"`);
      if (profile !== undefined) {
        this.#checkKeys(profile, bodyKeys, `profile "${name}"`);
      }
    }
    return [...map?.entries.keys() ?? []];
  }

  #readQuantity(
    node: ConfigNode,
    what: string,
    parse: (text: string) => number | undefined,
    example: string,
  ): number | undefined {
    const value = node.kind === "scalar" && typeof node.value === "string"
      ? parse(node.value)
      : undefined;
    if (value === undefined) {
      this.#diagnostics.add(
        node.origin,
        `${what} must be like ${example}, but is ${describeNode(node)}`,
      );
    }
    return value;
  }

  #readInteger(
    entry: MapEntry | undefined,
    what: string,
    least: number,
    most: number,
  ): number | undefined {
    if (entry === undefined) return undefined;
    const { node } = entry;
    const value = node.kind === "scalar" ? node.value : undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    const range = most === Number.MAX_SAFE_INTEGER ? `>= ${least}` : `from ${least} to ${most}`;
    const message = `${what} must be an integer ${range}, but is ${describeNode(node)}`;
    this.#diagnostics.add(node.origin, message);
    return undefined;
  }

  #asMap(node: ConfigNode, what: string): MapNode | undefined {
    if (node.kind === "map") return node;
    this.#diagnostics.add(node.origin, `${what} must be a map, but is ${describeNode(node)}`);
    return undefined;
  }

  #asString(node: ConfigNode, what: string): string | undefined {
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    this.#diagnostics.add(node.origin, `${what} must be text, but is ${describeNode(node)}`);
    return undefined;
  }

  #checkName(what: string, name: string, origin: Origin): void {
    const complaint = complaintAboutName(what, name);
    if (complaint !== undefined) this.#diagnostics.add(origin, complaint);
  }

  #checkKeys(map: MapNode, known: readonly string[], where: string): void {
    for (const [key, { keyOrigin }] of map.entries) {
      if (known.includes(key)) continue;
      this.#diagnostics.add(
        keyOrigin,
        `Unknown key "${key}" in ${where}`,
        () => didYouMean(key, known),
      );
    }
  }
}

function valuesOf(map: MapNode): Readonly<Record<string, Json>> {
  return Object.fromEntries([...map.entries].map(([key, { node }]) => [key, plainValue(node)]));
}
