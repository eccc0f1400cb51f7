/** `verify`: reads the whole store and names what is damaged. */

import { resolve } from "node:path";
import {
  type StoreDamage,
  type VerifyReport,
  verifyStore,
} from "../pipelines/store/verify_store.ts";
import { counted } from "./counted.ts";
import { ExitCode } from "./exit_code.ts";
import { formatBytes } from "./format_bytes.ts";
import { paint } from "./paint.ts";
import type { Terminal } from "./terminal.ts";
import type { Host, JsonArguments, StoreArguments } from "./verb.ts";

export interface VerifyArguments extends StoreArguments, JsonArguments {}

export function verifyVerb(
  args: VerifyArguments,
  { folder, terminal }: Host,
): ExitCode {
  const isLive = terminal.isInteractive && !args.json;
  const report = verifyStore(
    resolve(folder, args.store),
    isLive ? liveProgress(terminal) : undefined,
  );
  if (isLive) terminal.out(ERASE_LINE);
  if (args.json) terminal.out(`${JSON.stringify(report, null, 2)}\n`);
  else terminal.out(reportText(report, terminal.hasColor));
  return report.damages.length === 0 ? ExitCode.done : ExitCode.storeFailed;
}

/** https://en.wikipedia.org/wiki/ANSI_escape_code#CSI: return, then erase to the end of the line. */
const ERASE_LINE = "\r\u001b[K";

const REDRAW_MS = 100;

function liveProgress(terminal: Terminal): (doneBytes: number, allBytes: number) => void {
  let drawnMs = -Infinity;
  return (doneBytes, allBytes) => {
    if (performance.now() - drawnMs < REDRAW_MS) return;
    drawnMs = performance.now();
    terminal.out(`${ERASE_LINE}verifying ${formatBytes(doneBytes)} of ${formatBytes(allBytes)}`);
  };
}

function reportText({ results, blobs, bytes, damages }: VerifyReport, hasColor: boolean): string {
  const read = [counted(results, "result"), counted(blobs, "file"), formatBytes(bytes)].join(", ");
  if (damages.length === 0) return `${paint("ok", "green", hasColor)}  ${read}\n`;
  const lines = damages.map((damage) => damageText(damage, hasColor)).join("");
  return `${lines}${
    counted(damages.length, "damage")
  } in ${read}; what is damaged is computed again when it is needed\n`;
}

function damageText({ path, message, uses }: StoreDamage, hasColor: boolean): string {
  const users = uses.map(({ stage, port, file }) => {
    const what = file === "" ? port : `output "${port}", file "${file}"`;
    return `  of stage "${stage}", ${what}\n`;
  });
  return `${paint("damaged", "red", hasColor)}  ${path}: ${message}\n${users.join("")}`;
}
