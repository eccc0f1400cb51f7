/** Pictures of unfinished work, on their way from a stage's process to the person who waits. */

import { type MediaItem, mediaRow } from "../../artifacts/media.ts";
import type { Event } from "../event.ts";
import type { WorkerEvent } from "./job.ts";

/** A picture as JSON, because messages from a worker are lines of text. */
export interface PreviewMessage {
  /** The last step that the stage told. */
  readonly step: number;
  readonly name: string;
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  readonly base64: string;
}

/** Keeps a picture for people and returns where: `previews/<stage>/<name>` below the run's folder. */
export type PreviewKeeper = (stage: string, item: MediaItem) => string;

/** More than a page should hold; a stage that draws on must not fill the disk unseen. */
const MAX_BYTES = 8 * 2 ** 20;

/**
 * What a worker sends for a preview; a warning in its place when nobody could take it.
 *
 * It never throws: a preview is no part of the result, so a bad one must not end the stage.
 */
export function sendPreview(item: MediaItem, step: number): WorkerEvent {
  const { bytes, ...description } = item;
  const row = mediaRow.safeParse(description);
  const problem = row.success
    ? bytes.length > MAX_BYTES ? `${bytes.length} bytes are more than ${MAX_BYTES}` : undefined
    : row.error.issues[0]?.message;
  if (problem !== undefined) {
    return { kind: "warning", message: `Cannot show preview "${item.name}": ${problem}` };
  }
  return { kind: "preview", preview: { step, ...description, base64: bytes.toBase64() } };
}

/** Keeps what a worker sent and tells of it; a warning in its place when it cannot be kept. */
export function receivePreview(
  stage: string,
  { step, base64, ...description }: PreviewMessage,
  keep: PreviewKeeper,
): Event {
  try {
    // Checked here too: the name becomes a path of this process, and the worker is another.
    const row = mediaRow.parse(description);
    const file = keep(stage, { ...row, bytes: Uint8Array.fromBase64(base64) });
    return { kind: "stage-preview", stage, step, ...row, file };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = `Cannot keep preview "${description.name}": ${error.message}`;
    return { kind: "stage-warning", stage, message };
  }
}
