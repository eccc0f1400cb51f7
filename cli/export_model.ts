/** `export --onnx` and `--safetensors`: a trained network as one file for other tools. */

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import manifest from "../deno.json" with { type: "json" };
import { artifactKinds } from "../artifacts/mod.ts";
import { encodeSafetensors } from "../artifacts/safetensors.ts";
import type { Json, NamedArrays } from "../artifacts/weights.ts";
import { createEngine } from "../engine/create_engine.ts";
import type { ForwardFunction } from "../engine/engine.ts";
import { exportModel } from "../engine/onnx/export/export_model.ts";
import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import { writeDurably } from "../pipelines/store/durable_file.ts";
import type { Store, StoredArtifact } from "../pipelines/store/store.ts";
import { loadArtifact } from "../pipelines/store/stored_artifact.ts";
import type { OpenSizes } from "../stages/export/exportable.ts";
import { forwardFunctions } from "../stages/export/mod.ts";
import { ExitCode } from "./exit_code.ts";
import type { FoundArtifact } from "./find_artifact.ts";
import { formatBytes } from "./format_bytes.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, JsonArguments } from "./verb.ts";

/** Which file, and of what. */
export interface ModelArguments {
  readonly onnx: boolean;
  readonly safetensors: boolean;
  /** Of the network; undefined where there is one only. */
  readonly part?: string;
  /** First extent of inputs; undefined leaves it free. */
  readonly batch?: number;
  readonly size?: NonNullable<OpenSizes["size"]>;
  readonly frames?: number;
  /** The average of parameters, where training kept one, or those of the last step. */
  readonly weights: "ema" | "raw";
}

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** "predictor of next_frame: (frame, state.level0_layer0) -> (mean, ...)". */
  readonly description: string;
}

/** A network as any artifact of it tells. */
interface Trained {
  readonly model: string;
  readonly config: Json;
  readonly parameters: NamedArrays;
  readonly facts: Readonly<Record<string, string>>;
}

/** Writes the file whole or not at all. @throws {UsageError} When it is there, or cannot be made. */
export async function writeModel(
  { name, artifact, file }: FoundArtifact & { readonly file: string },
  store: Store,
  args: ModelArguments & JsonArguments & { readonly replace: boolean },
  { folder, terminal }: Host,
): Promise<ExitCode> {
  const path = resolve(folder, file);
  if (existsSync(path) && !args.replace) {
    throw new UsageError(`Cannot export to "${path}": it is there already; --replace replaces it`);
  }
  const { bytes, description } = await modelFile(artifact, store, args);
  writeDurably(path, bytes, { temporary: dirname(path) });
  terminal.out(
    args.json
      ? `${JSON.stringify({ name, file: path, description, bytes: bytes.length }, null, 2)}\n`
      : `${name}  ${description}  ${formatBytes(bytes.length)}  ->  ${file}\n`,
  );
  return ExitCode.done;
}

/** @throws {UsageError} When the artifact is no network, or the arguments leave open what it needs. */
export async function modelFile(
  artifact: StoredArtifact,
  store: Store,
  args: ModelArguments,
): Promise<ModelFile> {
  if (args.onnx && args.safetensors) {
    throw new UsageError("Cannot export both --onnx and --safetensors into one file");
  }
  const trained = await load(artifact, store, args.weights);
  return args.onnx ? await onnxFile(trained, args) : safetensorsFile(trained, args);
}

async function onnxFile(trained: Trained, args: ModelArguments): Promise<ModelFile> {
  // Some states are made to see their shapes; nothing else runs.
  await createEngine({ backend: "cpu", threads: 1 });
  const [part, forward] = choosePart(trained, args);
  const { model, parameters } = trained;
  const bytes = await asUsage(exportModel(forward, parameters, {
    name: `${model} ${part}`,
    batch: args.batch ?? "any",
    producerVersion: manifest.version,
    metadata: metadataOf(trained, { part }),
  }));
  const [inputs, outputs] = [forward.inputs, forward.outputs].map((ports) =>
    Object.keys(ports).join(", ")
  );
  return { bytes, description: `${part} of ${model}: (${inputs}) -> (${outputs})` };
}

function safetensorsFile(trained: Trained, { part }: ModelArguments): ModelFile {
  if (part !== undefined) {
    throw new UsageError(`Cannot export part "${part}" as safetensors: a file has all weights`);
  }
  const { model, parameters } = trained;
  const bytes = encodeSafetensors(parameters, { format: "pt", ...metadataOf(trained, {}) });
  return { bytes, description: `${Object.keys(parameters).length} tensors of ${model}` };
}

function choosePart(
  trained: Trained,
  { part, size, frames }: ModelArguments,
): readonly [string, ForwardFunction] {
  const sizes = { ...(size && { size }), ...(frames !== undefined && { frames }) };
  const parts = attempt(() => forwardFunctions(trained, sizes));
  const names = Object.keys(parts);
  const chosen = part ?? (names.length === 1 ? names[0]! : undefined);
  if (chosen === undefined) {
    throw new UsageError(
      `Cannot export all of "${trained.model}" as one function: choose one with --part: ${
        names.join(", ")
      }`,
    );
  }
  const forward = parts[chosen];
  if (forward) return [chosen, forward];
  const hint = didYouMean(chosen, names) ?? `There are ${names.join(", ")}`;
  throw new UsageError(`Cannot export "${chosen}": "${trained.model}" has no such part. ${hint}`);
}

async function load(
  artifact: StoredArtifact,
  store: Store,
  choice: "ema" | "raw",
): Promise<Trained> {
  if (artifact.kind === "weights") {
    const { ema, parameters, step, ...rest } = await loadArtifact(
      store,
      artifactKinds,
      "weights",
      artifact,
    );
    const averaged = choice === "ema" ? ema : undefined;
    const facts = { step: String(step), weights: averaged ? "ema" : "raw" };
    return { ...rest, parameters: averaged ?? parameters, facts };
  }
  if (artifact.kind === "feature_extractor") {
    const { name, ...rest } = await loadArtifact(
      store,
      artifactKinds,
      "feature_extractor",
      artifact,
    );
    return { ...rest, facts: { name } };
  }
  throw new UsageError(
    `Cannot export ${artifact.kind} as a model: it must be weights or a feature_extractor`,
  );
}

/** What a reader needs to know where the numbers come from. */
function metadataOf(
  { model, config, facts }: Trained,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  return { model, ...more, ...facts, config: JSON.stringify(config) };
}

/** What the table of networks refuses is for the person who typed the command. */
function attempt<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw asUsageError(error);
  }
}

async function asUsage<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof RangeError ? asUsageError(error) : error;
  }
}

function asUsageError(error: unknown): unknown {
  const isRefusal = error instanceof Error && error.message.startsWith("Cannot ");
  return isRefusal ? new UsageError(error.message) : error;
}
