/** `report [run]`: writes report.html again from run.json. */

import { relative, resolve } from "node:path";
import { writeDurably } from "../pipelines/store/durable_file.ts";
import { openLocalStore } from "../pipelines/store/local_store.ts";
import { parseRunRecord } from "../pipelines/parse_run_record.ts";
import { renderReport } from "../report/render_report.ts";
import { drawingMemo } from "./drawing_memo.ts";
import { ExitCode } from "./exit_code.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, StoreArguments } from "./verb.ts";

export interface ReportArguments extends StoreArguments {
  /** Folder of a run, or its run.json. */
  readonly run: string;
}

export async function reportVerb(args: ReportArguments, host: Host): Promise<ExitCode> {
  const folder = resolve(host.folder, args.run).replace(/\/run\.json$/, "");
  const record = parseRunRecord(await readRun(`${folder}/run.json`, args.run));
  const store = openLocalStore(resolve(host.folder, args.store));
  const memo = drawingMemo(store.location);
  const preview = (file: string) => Deno.readFile(`${folder}/${file}`);
  const html = await renderReport(record, (digest) => store.readBlob(digest), { memo, preview });
  const path = `${folder}/report.html`;
  writeDurably(path, new TextEncoder().encode(html), { temporary: folder });
  host.terminal.out(`report: ${relative(host.folder, path)}\n`);
  return ExitCode.done;
}

async function readRun(path: string, asGiven: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot report "${asGiven}": there is no run.json in it`);
  }
}
