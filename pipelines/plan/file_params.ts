/** Files and folders that parameters name: they exist, and lie in the project. */

import { isAbsolute, join } from "node:path";
import type { Json } from "../../artifacts/weights.ts";
import type { PipelineConfig, StageConfig } from "../config/config.ts";
import { nodeAt } from "../config/config_node.ts";
import { isOutside, realPath } from "../config/real_path.ts";
import type { Diagnostics } from "../config/diagnostic.ts";
import { limits } from "../config/limits.ts";
import { listFolder } from "../key/list_folder.ts";
import type { FileParam } from "./plan.ts";
import type { Origin } from "../config/source.ts";
import type { AnyStage } from "../stage.ts";

/**
 * Resolves the stage's `files` and `folders` parameters against the config's folder. A parameter may hold
 * one path, a list of paths, or null for none. What is missing or of the other kind, absolute paths, and
 * paths and links that leave the project are reported where they are written.
 */
export async function resolveFiles(
  config: StageConfig,
  stage: AnyStage,
  values: Readonly<Record<string, Json>>,
  place: Pick<PipelineConfig, "folder" | "projectFolder"> & { readonly diagnostics: Diagnostics },
): Promise<readonly FileParam[]> {
  const found: FileParam[] = [];
  const params = [
    ...(stage.files ?? []).map((param) => ({ param, kind: "file" as const })),
    ...(stage.folders ?? []).map((param) => ({ param, kind: "folder" as const })),
  ];
  for (const { param, kind } of params) {
    const value = values[param];
    if (value === undefined || value === null) continue;
    const isList = Array.isArray(value);
    const paths: { written: string; absolute: string }[] = [];
    for (const [index, written] of (isList ? value : [value]).entries()) {
      if (typeof written !== "string") {
        const rule = `parameter "${param}" must be a path or a list of paths`;
        throw new TypeError(`Internal error: ${stage.id} declares ${kind}s, but ${rule}`);
      }
      const node = nodeAt(config.with, isList ? [param, index] : [param]);
      const absolute = await resolve(written, kind, place);
      if (typeof absolute === "string") {
        paths.push({ written, absolute });
      } else {
        const message = `with.${param} names "${written}", which ${absolute.problem}`;
        const origin: Origin = node?.origin ?? config.nameOrigin;
        place.diagnostics.add(origin, `Cannot plan stage "${config.name}": ${message}`);
      }
    }
    found.push({ param, kind, isList, paths, projectFolder: place.projectFolder });
  }
  return found;
}

async function resolve(
  written: string,
  kind: FileParam["kind"],
  place: Pick<PipelineConfig, "folder" | "projectFolder">,
): Promise<string | { readonly problem: string }> {
  if (isAbsolute(written) || written.includes("\0") || written.includes("\\")) {
    return { problem: 'must be relative to the config, with "/" between its parts' };
  }
  const absolute = await realPath(join(place.folder, written));
  if (absolute === undefined) return { problem: "does not exist" };
  if (isOutside(place.projectFolder, absolute)) {
    return { problem: "lies outside the project folder" };
  }
  const { isFile, isDirectory, size } = await Deno.stat(absolute);
  if (kind === "file" && size > limits.fileBytes) {
    return { problem: `must have at most ${limits.fileBytes} bytes, but has ${size}` };
  }
  if (kind === "file") return isFile ? absolute : { problem: "is not a file" };
  if (!isDirectory) return { problem: "is not a folder" };
  try {
    await listFolder(absolute, place.projectFolder);
    return absolute;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { problem: `cannot be used: ${error.message}` };
  }
}
