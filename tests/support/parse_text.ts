/** Config text -> values or diagnostics, without files. */

import { type ConfigNode, plainValue } from "../../pipelines/config/config_node.ts";
import type { PipelineConfig } from "../../pipelines/config/config.ts";
import { ConfigError, Diagnostics } from "../../pipelines/config/diagnostic.ts";
import { configFromNode, type ParseOptions } from "../../pipelines/config/parse_config.ts";
import { parseYaml } from "../../pipelines/config/parse_yaml.ts";

/** The located values of a YAML text. @throws {ConfigError} */
export function nodeOf(text: string): ConfigNode {
  const diagnostics = new Diagnostics();
  const node = parseYaml({ file: "x.yaml", text, kind: "file" }, diagnostics);
  diagnostics.throwIfAny();
  if (node === undefined) throw new Error("Parsing failed without a diagnostic");
  return node;
}

/** The bare values of a YAML text. @throws {ConfigError} */
export function valueOf(text: string): unknown {
  return plainValue(nodeOf(text));
}

/** A config from text; `extends` is not followed. @throws {ConfigError} */
export function configOf(text: string, options: Partial<ParseOptions> = {}): PipelineConfig {
  const place = { file: "x.yaml", folder: "/project", projectFolder: "/project" };
  return configFromNode(nodeOf(text), { ...place, ...options, ...place });
}

/** What is wrong, as "line:column message"; empty when nothing is. */
export function complaintsOf(use: () => unknown): string[] {
  try {
    use();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}
