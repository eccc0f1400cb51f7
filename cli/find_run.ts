/** A run as people name it -> its folder and its record. */

import { basename, relative, resolve } from "node:path";
import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import { parseRunRecord } from "../pipelines/parse_run_record.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { UsageError } from "./print_failure.ts";
import type { Host } from "./verb.ts";

export interface FoundRun {
  /** Relative to the host's folder: what people type. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly record: RunRecord;
}

/**
 * Finds a run by its folder, as `latest`, by the beginning of its folder's name, or by the pipeline's
 * name: then the newest.
 *
 * @param runs Folder of run folders.
 * @throws {UsageError} When there is none, when several begin like that, or when its record is unreadable.
 */
export async function findRun(named: string, runs: string, host: Host): Promise<FoundRun> {
  const runsFolder = resolve(host.folder, runs);
  const path = resolve(host.folder, named).replace(/\/run\.json$/, "");
  const found = await recordIn(path) !== undefined ? path : search(named, runsFolder);
  const text = await recordIn(found);
  if (text === undefined) {
    throw new UsageError(`Cannot read run "${named}": there is no run.json in ${found}`);
  }
  const name = relative(host.folder, found) || ".";
  try {
    return { name, folder: found, record: parseRunRecord(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`Cannot read run "${named}": ${error.message}`);
  }
}

/** Names of the folders in `runs` that runs are in, oldest first. */
export function runFolders(runs: string): readonly string[] {
  try {
    return [...Deno.readDirSync(runs)].filter(({ isDirectory }) => isDirectory)
      .map(({ name }) => name).toSorted();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

/** When a run began, from the name of its folder; undefined for a folder that was renamed. */
export function timeOfRun(folder: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(basename(folder));
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function search(named: string, runs: string): string {
  if (named === "latest") return `${runs}/${latest(runs)}`;
  const folders = runFolders(runs);
  const beginning = folders.filter((folder) => folder.startsWith(named));
  if (beginning.length === 1) return `${runs}/${beginning[0]}`;
  if (beginning.length > 1) {
    const shown = beginning.slice(-5).join(", ");
    const message = `${beginning.length} runs begin like that, the last: ${shown}`;
    throw new UsageError(`Cannot tell which run "${named}" is: ${message}`);
  }
  const newest = folders.findLast((folder) => pipelineOf(folder) === named);
  if (newest !== undefined) return `${runs}/${newest}`;
  const hint = didYouMean(named, [...new Set([...folders.map(pipelineOf), ...folders])]);
  throw new UsageError(`Cannot find run "${named}" in ${runs}${hint ? `. ${hint}` : ""}`);
}

/** `20261121-203100-demo-2` -> `demo`. */
function pipelineOf(folder: string): string {
  return folder.replace(/^\d{8}-\d{6}-/, "").replace(/-\d{1,3}$/, "");
}

/** A link, or where there are none a file with the folder's name. */
function latest(runs: string): string {
  try {
    return basename(Deno.realPathSync(`${runs}/latest`)) === "latest"
      ? Deno.readTextFileSync(`${runs}/latest`).trim()
      : basename(Deno.realPathSync(`${runs}/latest`));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`There is no latest run in ${runs}`);
  }
}

async function recordIn(folder: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(`${folder}/run.json`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}
