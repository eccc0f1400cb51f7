/** Imports between the modules of this repository, read from their text. */

import { fileURLToPath } from "node:url";
import { dirname, join, relative } from "node:path/posix";

/** One import of a module of ours: both paths relative to the root. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  /** `import type`: no edge at run time, but still an arrow of the design. */
  readonly typeOnly: boolean;
}

/** Paths of all TypeScript modules below the root, sorted. */
export async function listModules(root: string): Promise<string[]> {
  const modules: string[] = [];
  await walk(root, root, modules);
  return modules.sort();
}

/** Relative imports and re-exports of one module. */
export function importsOf(path: string, source: string): Import[] {
  const statement =
    /^[ \t]*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"(\.{1,2}\/[^"]+)"|\bimport\(\s*"(\.{1,2}\/[^"]+)"\s*\)/gm;
  return [...source.matchAll(statement)].map((match) => ({
    from: path,
    to: join(dirname(path), match[2] ?? match[3] ?? ""),
    line: source.slice(0, match.index).split("\n").length,
    typeOnly: match[1] !== undefined,
  }));
}

const SKIPPED = new Set(["node_modules", ".git", ".zoetrope", "runs"]);

async function walk(root: string, folder: string, modules: string[]): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && !SKIPPED.has(entry.name)) await walk(root, path, modules);
    else if (entry.isFile && entry.name.endsWith(".ts")) modules.push(relative(root, path));
  }
}

/** The repository's root. */
export function repositoryRoot(): string {
  return dirname(dirname(fileURLToPath(import.meta.url)));
}
