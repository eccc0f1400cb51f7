/** What a person means by `configs/x.yaml samples.clips`, `runs/latest/samples.clips` or `3fa9c1`. */

import { resolve } from "node:path";
import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import { forecast } from "../pipelines/key/forecast.ts";
import { parseRunRecord } from "../pipelines/parse_run_record.ts";
import { readTextIfThere } from "../pipelines/store/read_if_there.ts";
import type { Store, StoredArtifact } from "../pipelines/store/store.ts";
import { chooseEngine } from "./engine_choice.ts";
import { keyContext } from "./key_context.ts";
import { loadPlan } from "./load_plan.ts";
import { UsageError } from "./print_failure.ts";
import type { ConfigArguments, EngineArguments, Host } from "./verb.ts";

export interface ArtifactArguments extends Omit<ConfigArguments, "config">, EngineArguments {}

export interface FoundArtifact {
  /** "samples.clips", or the digest where that was asked for. */
  readonly name: string;
  readonly artifact: StoredArtifact;
}

/** The output of a stage of a config, as a run would find it, or of a run that ended. */
export async function findOutput(
  source: string,
  output: string,
  store: Store,
  args: ArtifactArguments,
  host: Host,
): Promise<FoundArtifact> {
  const record = readTextIfRecord(resolve(host.folder, source));
  const artifact = record === undefined
    ? await outputOfConfig(source, output, store, args, host)
    : await outputOfRun(source, record, output, store);
  return { name: output, artifact };
}

/** `<run>/<stage>.<output>`, or the beginning of an artifact's digest. */
export async function findNamed(name: string, store: Store, host: Host): Promise<FoundArtifact> {
  for (let cut = name.indexOf("/"); cut >= 0; cut = name.indexOf("/", cut + 1)) {
    const run = name.slice(0, cut);
    const record = readTextIfRecord(resolve(host.folder, run));
    if (record === undefined) continue;
    const output = name.slice(cut + 1);
    return { name: output, artifact: await outputOfRun(run, record, output, store) };
  }
  if (/^[0-9a-f]{6,64}$/.test(name)) return { name, artifact: await artifactOf(name, store) };
  throw new UsageError(
    `Cannot export "${name}": it must be <config> <stage>.<output>, <run>/<stage>.<output>, or six ` +
      "or more digits of a digest",
  );
}

function readTextIfRecord(folder: string): string | undefined {
  try {
    return readTextIfThere(`${folder}/run.json`);
  } catch (error) {
    // A config is a file: there is nothing in it.
    if (error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

async function outputOfConfig(
  config: string,
  output: string,
  store: Store,
  args: ArtifactArguments,
  host: Host,
): Promise<StoredArtifact> {
  const plan = await loadPlan({ ...args, config }, host);
  const [stage, port] = splitOutput(output);
  const outputs = plan.stages.flatMap(({ name, stage }) =>
    Object.keys(stage.outputs).map((port) => `${name}.${port}`)
  );
  if (!outputs.includes(output)) throw unknownOutput(output, config, outputs);
  const memory = { store: store.location, isReadOnly: true };
  const forecasts = await forecast(
    plan,
    store,
    keyContext((await chooseEngine(args)).facts, memory),
  );
  const found = forecasts.find(({ planned }) => planned.name === stage);
  if (found?.state === "cached") {
    const hit = await store.lookup(found.fingerprint.key, { stage, readOnly: true });
    const artifact = hit.state === "hit" ? hit.action.outputs[port] : undefined;
    if (artifact !== undefined) return artifact;
  }
  throw new UsageError(`Cannot export "${output}": it is not computed; run "${config}" first`);
}

async function outputOfRun(
  run: string,
  text: string,
  output: string,
  store: Store,
): Promise<StoredArtifact> {
  const { stages } = parseRunRecord(text);
  const outputs = new Map<string, string>(
    stages.flatMap(({ name, outputs }) =>
      Object.entries(outputs).map(([port, { digest }]) => [`${name}.${port}`, digest] as const)
    ),
  );
  const digest = outputs.get(output);
  if (digest === undefined) throw unknownOutput(output, run, [...outputs.keys()]);
  return await artifactOf(digest, store);
}

async function artifactOf(prefix: string, store: Store): Promise<StoredArtifact> {
  const artifacts = (await store.listActions()).flatMap(({ outputs }) => Object.values(outputs));
  const found = new Map(
    artifacts.filter(({ digest }) => digest.startsWith(prefix)).map((each) => [each.digest, each]),
  );
  const [first, ...others] = found.values();
  if (first === undefined) {
    throw new UsageError(`Cannot export "${prefix}": the store has no artifact with this digest`);
  }
  if (others.length === 0) return first;
  const all = [...found].map(([digest, { kind }]) => `${digest.slice(0, 16)} (${kind})`);
  throw new UsageError(`Cannot export "${prefix}": it could be ${all.join(", ")}`);
}

/** At the last dot: the name of a sweep's stage may have some. */
function splitOutput(output: string): readonly [stage: string, port: string] {
  const dot = output.lastIndexOf(".");
  return dot < 0 ? [output, ""] : [output.slice(0, dot), output.slice(dot + 1)];
}

function unknownOutput(output: string, source: string, outputs: readonly string[]): UsageError {
  const hint = didYouMean(output, outputs) ?? `There are ${outputs.join(", ")}`;
  return new UsageError(`Cannot export "${output}": "${source}" has no such output. ${hint}`);
}
