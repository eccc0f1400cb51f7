/**
 * Messages from a worker process to its parent, as lines of JSON among whatever else it prints.
 *
 * Native libraries print to the same pipe whenever they like. So each message starts on a line of its
 * own with a word that the parent chose at random, and everything else is log.
 */

import type { JobOutcome, WorkerEvent } from "../job.ts";

export type WorkerMessage =
  /** All code is loaded; the worker waits for the word "go". */
  | { readonly kind: "loaded" }
  | { readonly kind: "event"; readonly event: WorkerEvent }
  | { readonly kind: "outcome"; readonly outcome: JobOutcome }
  | { readonly kind: "store-error"; readonly message: string };

/** A message as bytes for the pipe; short ones arrive in one piece whatever others write. */
export function encodeMessage(word: string, message: WorkerMessage): Uint8Array {
  return new TextEncoder().encode(`\n${word}${JSON.stringify(message)}\n`);
}

/** Splits what a worker writes into messages and log text. */
export class MessageReader {
  readonly #word: string;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(word: string) {
    this.#word = word;
  }

  /** What these bytes complete, in order. */
  read(bytes: Uint8Array): (WorkerMessage | string)[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.filter((line) => line !== "").map((line) => this.#parse(line));
  }

  /** What is left when the pipe is closed. */
  end(): (WorkerMessage | string)[] {
    return this.#rest === "" ? [] : [this.#parse(this.#rest)];
  }

  #parse(line: string): WorkerMessage | string {
    if (!line.startsWith(this.#word)) return line;
    try {
      // Written by our own worker: only a message that other output was mixed into does not parse.
      return JSON.parse(line.slice(this.#word.length)) as WorkerMessage;
    } catch (error) {
      if (error instanceof SyntaxError) return line;
      throw error;
    }
  }
}
