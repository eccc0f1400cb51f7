/** Which rooms of the house may import which: the arrows of the design, as data. */

import type { Import } from "./module_graph.ts";

/**
 * Rooms a room may import from, besides itself. Any room may import the types of `artifacts`.
 *
 * `training`, `stages` and `metrics` see the engine only through `engine/engine.ts` and
 * `engine/create_engine.ts`; stages see `pipelines` only through `pipelines/stage.ts`.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  numerics: [],
  artifacts: ["numerics"],
  engine: ["numerics"],
  models: ["numerics"],
  diffusion: ["numerics", "models"],
  metrics: ["numerics", "artifacts"],
  training: ["numerics", "artifacts", "engine", "models", "pipelines"],
  pipelines: ["artifacts", "numerics"],
  stages: [
    "artifacts",
    "diffusion",
    "engine",
    "metrics",
    "models",
    "numerics",
    "pipelines",
    "training",
  ],
  report: ["artifacts", "pipelines"],
  cli: ["artifacts", "engine", "pipelines", "report", "stages"],
};

/** Modules through which outsiders may enter a room. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "training -> pipelines": ["pipelines/stage.ts"],
  "stages -> pipelines": ["pipelines/stage.ts"],
  "report -> pipelines": ["pipelines/run_record.ts", "pipelines/event.ts"],
  "training -> engine": ["engine/engine.ts"],
  "stages -> engine": ["engine/engine.ts", "engine/create_engine.ts"],
};

/** One line for each import against the arrows. */
export function forbiddenImports(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to, line }) => {
    const [room, target] = [roomOf(from), roomOf(to)];
    if (room === undefined || target === undefined || room === target) return [];
    if (!ALLOWED[room]?.includes(target)) {
      return [`${from}:${line}: ${room} must not import ${target} ("${to}")`];
    }
    const doors = DOORS[`${room} -> ${target}`];
    if (doors && !doors.includes(to)) {
      return [`${from}:${line}: ${room} may import ${doors.join(" or ")}, not "${to}"`];
    }
    return [];
  });
}

function roomOf(path: string): string | undefined {
  const room = path.split("/")[0] ?? "";
  return room in ALLOWED ? room : undefined;
}
