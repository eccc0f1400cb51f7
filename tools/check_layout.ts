/**
 * Checks what no compiler checks: arrows between rooms, cycles, tables that list every unit, ids that
 * equal file names, files that stay readable. Exits 1 and names each offence.
 */

import { importsOf, listModules, repositoryRoot } from "./module_graph.ts";
import { findCycle } from "./find_cycle.ts";
import { forbiddenImports } from "./room_rules.ts";
import { missingFromTables } from "./unit_tables.ts";

/** A module is split above this, unless it is one table. */
const MAX_LINES = 300;

/** All offences of the tree below `root`, as lines for a person. */
export async function checkLayout(root: string): Promise<string[]> {
  const modules = await listModules(root);
  const sources = new Map<string, string>();
  for (const path of modules) sources.set(path, await Deno.readTextFile(`${root}/${path}`));
  const product = modules.filter((path) => !/^(tests|bench|tools)\//.test(path));
  const imports = product.flatMap((path) => importsOf(path, sources.get(path) ?? ""));
  const cycle = findCycle(imports.filter(({ typeOnly }) => !typeOnly));
  return [
    ...forbiddenImports(imports),
    ...(cycle ? [`Modules import each other in a circle: ${cycle.join(" -> ")}`] : []),
    ...missingFromTables(product, sources),
    ...wrongStageIds(product, sources),
    ...tooLong(product, sources),
  ];
}

/** A stage's id is its path under `stages/`. */
function wrongStageIds(modules: readonly string[], sources: ReadonlyMap<string, string>): string[] {
  return modules.flatMap((path) => {
    const id = /defineStage\(\{\s*id: "([^"]+)"/.exec(sources.get(path) ?? "")?.[1];
    const expected = /^stages\/(.+)\.ts$/.exec(path)?.[1];
    if (id === undefined || id === expected) return [];
    return [`${path}: the stage's id must be "${expected}", but it is "${id}"`];
  });
}

function tooLong(modules: readonly string[], sources: ReadonlyMap<string, string>): string[] {
  return modules.flatMap((path) => {
    const lines = (sources.get(path) ?? "").split("\n").length - 1;
    return lines > MAX_LINES ? [`${path}: ${lines} lines; split a module above ${MAX_LINES}`] : [];
  });
}

if (import.meta.main) {
  const offences = await checkLayout(repositoryRoot());
  // deno-lint-ignore no-console -- a tool of the repository, run by hand and by CI
  for (const offence of offences) console.error(offence);
  Deno.exit(offences.length > 0 ? 1 : 0);
}
