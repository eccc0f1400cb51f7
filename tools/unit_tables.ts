/** Folders whose `mod.ts` is a table of all units in them. */

/** Folder -> what its units are; nested folders of a unit folder belong to the same table. */
const TABLES: Readonly<Record<string, (path: string, source: string) => boolean>> = {
  stages: (_, source) => source.includes("defineStage("),
  artifacts: (_, source) =>
    /: ArtifactKind<\w+>/.test(source) && !source.includes("ArtifactKindTable ="),
  metrics: () => true,
  "engine/onnx/kernels": () => true,
  "diffusion/schedules": () => true,
  "diffusion/samplers": () => true,
  "models/layers": () => true,
  "report/sections": () => true,
};

/** One line for each unit that its folder's table does not import. */
export function missingFromTables(
  modules: readonly string[],
  sources: ReadonlyMap<string, string>,
): string[] {
  return Object.entries(TABLES).flatMap(([folder, isUnit]) => {
    const table = `${folder}/mod.ts`;
    const units = modules.filter((path) =>
      path.startsWith(`${folder}/`) && !path.endsWith("/mod.ts") &&
      isUnit(path, sources.get(path) ?? "")
    );
    const text = sources.get(table);
    if (units.length > 0 && text === undefined) {
      return [`${table}: missing; it lists the units of ${folder}/`];
    }
    return units
      .filter((path) => !text?.includes(`"./${path.slice(folder.length + 1)}"`))
      .map((path) => `${table}: does not list ${path}`);
  });
}
