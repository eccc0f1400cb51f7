/** `export`: writes an artifact of the store into a folder, or a trained network into one file. */

import { resolve } from "node:path";
import { exportArtifact, ExportRefused } from "../pipelines/store/export_artifact.ts";
import { openLocalStore } from "../pipelines/store/local_store.ts";
import { DamagedBlobError } from "../pipelines/store/store.ts";
import { counted } from "./counted.ts";
import { ExitCode } from "./exit_code.ts";
import type { ModelArguments } from "./export_model.ts";
import { type ArtifactArguments, findNamed, findOutput } from "./find_artifact.ts";
import { formatBytes } from "./format_bytes.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, JsonArguments, StoreArguments } from "./verb.ts";

export interface ExportArguments
  extends ArtifactArguments, StoreArguments, JsonArguments, ModelArguments {
  /** `<config or run> <stage>.<output> <folder>`, or `<run>/<stage>.<output> <folder>`, or `<digest> <folder>`. */
  readonly words: readonly string[];
  readonly replace: boolean;
}

export async function exportVerb(args: ExportArguments, host: Host): Promise<ExitCode> {
  const store = openLocalStore(resolve(host.folder, args.store));
  const [source = "", second, third, ...others] = args.words;
  if (second === undefined || others.length > 0) {
    throw new UsageError(
      `Cannot export ${args.words.join(" ")}: it must be <config or run> <stage>.<output> <folder>`,
    );
  }
  const { name, artifact } = third === undefined
    ? await findNamed(source, store, host)
    : await findOutput(source, second, store, args, host);
  if (args.onnx || args.safetensors) {
    const { writeModel } = await import("./export_model.ts");
    const file = third ?? second;
    return await writeModel({ name, artifact, file }, store, args, host);
  }
  const folder = resolve(host.folder, third ?? second);
  refuseOwnFolders(folder, store.location, host.folder);
  try {
    await exportArtifact(store, artifact, folder, { isReplacing: args.replace });
  } catch (error) {
    if (error instanceof ExportRefused) throw new UsageError(error.message);
    if (!(error instanceof DamagedBlobError)) throw error;
    host.terminal.err(`${error.message}\n`);
    return ExitCode.storeFailed;
  }
  const { kind, digest, bytes, files } = artifact;
  host.terminal.out(
    args.json
      ? `${JSON.stringify({ name, folder, kind, digest, bytes, files }, null, 2)}\n`
      : `${name}  ${kind}  ${counted(files.length, "file")}, ${formatBytes(bytes)}  ->  ${
        third ?? second
      }\n`,
  );
  return ExitCode.done;
}

/** `--replace` must not remove the project, and nothing may come into the store beside its own files. */
function refuseOwnFolders(folder: string, store: string, project: string): void {
  const isIn = (inner: string, outer: string) => `${inner}/`.startsWith(`${outer}/`);
  if (isIn(store, folder) || isIn(project, folder)) {
    throw new UsageError(`Cannot export to "${folder}": it holds the project or the store`);
  }
  if (isIn(folder, store)) {
    throw new UsageError(`Cannot export to "${folder}": it is in the store`);
  }
}
