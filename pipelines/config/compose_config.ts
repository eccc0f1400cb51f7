/** Reads a config file and the files it extends, and lays them over each other. */

import { basename, dirname, isAbsolute, join, normalize } from "node:path";
import { type ConfigNode, mapNode } from "./config_node.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import { limits } from "./limits.ts";
import { mergeNodes } from "./merge_nodes.ts";
import { parseYaml, tooManyValues } from "./parse_yaml.ts";
import { isOutside, realPath } from "./real_path.ts";
import type { Origin } from "./source.ts";

export interface ComposeOptions {
  /** Absolute folder that `file` is relative to. */
  readonly folder: string;
  /** Absolute real path of the folder that no `extends` may leave. */
  readonly projectFolder: string;
  readonly diagnostics: Diagnostics;
}

/**
 * The config with everything it `extends`: bases first, in the order of the list, then the file itself.
 * The result has no `extends` key. Undefined when a file could not be read or parsed.
 */
export async function composeConfig(
  file: string,
  options: ComposeOptions,
): Promise<ConfigNode | undefined> {
  const start = { source: { file, text: "", kind: "file" as const }, start: 0, end: 1 };
  return await new Composer(options).load(file, start, []);
}

class Composer {
  readonly #options: ComposeOptions;
  #fileCount = 0;

  constructor(options: ComposeOptions) {
    this.#options = options;
  }

  /** @param chain Real paths of the files that led here. */
  async load(
    file: string,
    namedAt: Origin,
    chain: readonly string[],
  ): Promise<ConfigNode | undefined> {
    const { diagnostics } = this.#options;
    if (++this.#fileCount > limits.files) {
      diagnostics.add(namedAt, `A config may be composed of at most ${limits.files} files`);
      return undefined;
    }
    const path = await this.#resolve(file, namedAt, chain.length > 0);
    if (path === undefined) return undefined;
    if (chain.includes(path)) {
      const loop = [...chain.slice(chain.indexOf(path)), path].map((part) => basename(part));
      diagnostics.add(namedAt, `Configs extend each other in a circle: ${loop.join(" -> ")}`);
      return undefined;
    }
    const text = await this.#read(path, file, namedAt);
    if (text === undefined) return undefined;
    const node = parseYaml({ file, text, kind: "file" }, diagnostics);
    if (node === undefined) return undefined;
    const composed = await this.#extend(node, file, [...chain, path]);
    if (composed !== undefined && composed.size > limits.nodes && diagnostics.isEmpty) {
      diagnostics.add(composed.origin, tooManyValues);
      return undefined;
    }
    return composed;
  }

  async #extend(
    node: ConfigNode,
    file: string,
    chain: readonly string[],
  ): Promise<ConfigNode | undefined> {
    if (node.kind !== "map") return node;
    const bases = node.entries.get("extends")?.node;
    if (bases === undefined) return node;
    let below: ConfigNode | undefined;
    for (const base of bases.kind === "list" ? bases.items : [bases]) {
      const loaded = await this.#loadBase(base, file, chain);
      if (loaded === undefined) continue;
      below = below === undefined ? loaded : mergeNodes(below, loaded);
    }
    const own = mapNode(
      new Map([...node.entries].filter(([key]) => key !== "extends")),
      node.origin,
    );
    return below === undefined ? own : mergeNodes(below, own);
  }

  async #loadBase(
    base: ConfigNode,
    file: string,
    chain: readonly string[],
  ): Promise<ConfigNode | undefined> {
    const name = base.kind === "scalar" ? base.value : undefined;
    if (typeof name !== "string" || name === "") {
      this.#options.diagnostics.add(base.origin, `"extends" must be a path or a list of paths`);
      return undefined;
    }
    if (isAbsolute(name) || name.includes("\\") || name.includes("\0")) {
      const message =
        `Cannot extend "${name}": the path must be relative, with "/" between its parts`;
      this.#options.diagnostics.add(base.origin, message);
      return undefined;
    }
    return await this.load(normalize(join(dirname(file), name)), base.origin, chain);
  }

  /** The real path of a file inside the project, or a diagnostic. */
  async #resolve(file: string, namedAt: Origin, isConfined: boolean): Promise<string | undefined> {
    const { folder, projectFolder, diagnostics } = this.#options;
    const path = isAbsolute(file) ? file : join(folder, file);
    const real = await realPath(path);
    if (real === undefined) {
      const neighbours = await configsIn(dirname(path));
      const hint = () => didYouMean(basename(file), neighbours);
      diagnostics.add(namedAt, `Cannot read config "${file}": there is no such file`, hint);
      return undefined;
    }
    if (isConfined && isOutside(projectFolder, real)) {
      diagnostics.add(namedAt, `Cannot extend "${file}": it must lie inside the project folder`);
      return undefined;
    }
    return real;
  }

  async #read(path: string, file: string, namedAt: Origin): Promise<string | undefined> {
    const { diagnostics } = this.#options;
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) {
      diagnostics.add(namedAt, `Cannot read config "${file}": it must be a file, but is a folder`);
      return undefined;
    }
    if (size > limits.bytes) {
      const message = `must be at most ${limits.bytes / 1024} KiB, but is ${size} bytes`;
      diagnostics.add(namedAt, `Cannot read config "${file}": it ${message}`);
      return undefined;
    }
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      diagnostics.add(namedAt, `Cannot read config "${file}": it must be UTF-8 text`);
      return undefined;
    }
  }
}

async function configsIn(folder: string): Promise<string[]> {
  const real = await realPath(folder);
  if (real === undefined || !(await Deno.stat(real)).isDirectory) return [];
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) if (/\.ya?ml$/.test(name)) names.push(name);
  return names.sort();
}
