/** Downloading a published file, whole and verified, over as many attempts as it takes. */

import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { CheckpointSlot, Progress } from "../../pipelines/stage.ts";

export interface DownloadOptions {
  readonly url: string;
  /** The file's published digest. */
  readonly digest: { readonly algorithm: "md5" | "sha256"; readonly hex: string };
  /** The file is refused as soon as it is known to be larger. */
  readonly maxBytes: number;
  /** Keeps what has arrived, so that a later run continues there. */
  readonly checkpoint: CheckpointSlot;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
  /** What a person can do without a network: ends the error message. */
  readonly offlineHint: string;
  /** Attempts without a single new byte before giving up. */
  readonly attempts?: number;
  /** Pause before attempt n is `pauseMs * n`. */
  readonly pauseMs?: number;
  /** Bytes between two saved checkpoints. */
  readonly saveEvery?: number;
}

const PART = "download.part";

/**
 * Fetches a file into memory: continues with HTTP ranges where a lost connection or an earlier run
 * ended, and returns it only if its digest is the published one.
 * @throws {Error} When the server cannot be reached, refuses, or sends something else.
 */
export async function download(options: DownloadOptions): Promise<Uint8Array> {
  const { url, digest, checkpoint, signal, attempts = 5, pauseMs = 1000 } = options;
  const part = new Part(options, (await checkpoint.load())?.files.get(PART));
  let failure: unknown;
  for (let fruitless = 0; fruitless < attempts;) {
    const before = part.length;
    try {
      await fetchRest(part, options);
      const found = createHash(digest.algorithm).update(part.bytes()).digest("hex");
      if (found === digest.hex) return part.bytes();
      part.clear();
      await part.save();
      throw new WrongFile(
        `Cannot use ${url}: its ${digest.algorithm} must be ${digest.hex}, but is ${found}`,
      );
    } catch (error) {
      if (signal.aborted) {
        await part.save();
        throw signal.reason;
      }
      if (error instanceof WrongFile) throw error;
      failure = error;
      fruitless = part.length > before ? 0 : fruitless + 1;
      await setTimeout(pauseMs * fruitless, undefined, { signal }).catch(() => {});
    }
  }
  await part.save();
  const reason = failure instanceof Error ? failure.message : String(failure);
  throw new Error(`Cannot download ${url}: ${reason}; ${options.offlineHint}`, { cause: failure });
}

/** The server answered, and trying again will not change the answer. */
class WrongFile extends Error {}

/** Appends what is missing of the file. */
async function fetchRest(part: Part, { url, maxBytes, signal, progress }: DownloadOptions) {
  const headers = {
    // Compressed on the way, the length announced would not be the file's.
    "Accept-Encoding": "identity",
    ...(part.length > 0 ? { Range: `bytes=${part.length}-` } : {}),
  };
  const response = await fetch(url, { headers, signal });
  if (response.status === 416) {
    // What is here is as long as the file, or longer: the digest will tell.
    await response.body?.cancel();
    return;
  }
  if (!response.ok) {
    await response.body?.cancel();
    const message = `the server answered ${response.status} ${response.statusText}`.trimEnd();
    if (response.status >= 500) throw new Error(message);
    throw new WrongFile(`Cannot download ${url}: ${message}`);
  }
  if (!isContinuation(response, part.length)) part.clear();
  const total = part.length + Number(response.headers.get("content-length") ?? 0);
  part.reserve(Math.min(total, maxBytes));
  for await (const chunk of response.body ?? []) {
    if (part.length + chunk.length > maxBytes) {
      throw new WrongFile(
        `Cannot use ${url}: it must have at most ${maxBytes} bytes, but has more`,
      );
    }
    await part.append(chunk);
    progress({ step: part.length, of: Math.max(total, part.length), message: "downloading" });
  }
  if (part.length < total) {
    throw new Error(`the connection ended at byte ${part.length} of ${total}`);
  }
}

/** A server may ignore the range and send the file from its start. */
function isContinuation(response: Response, start: number): boolean {
  const range = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
  return response.status === 206 && Number(range?.[1]) === start;
}

/** The bytes that have arrived. */
class Part {
  readonly #checkpoint: CheckpointSlot;
  readonly #saveEvery: number;
  #buffer: Uint8Array;
  #saved: number;
  length: number;

  constructor({ checkpoint, maxBytes, saveEvery }: DownloadOptions, start?: Uint8Array) {
    this.#checkpoint = checkpoint;
    this.#saveEvery = saveEvery ?? 2 ** 27;
    this.#buffer = (start ?? new Uint8Array()).slice(0, maxBytes);
    this.#saved = this.length = this.#buffer.length;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for so many bytes in all. */
  reserve(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const grown = new Uint8Array(bytes);
    grown.set(this.bytes());
    this.#buffer = grown;
  }

  async append(chunk: Uint8Array): Promise<void> {
    const needed = this.length + chunk.length;
    // Doubled, for servers that announce no length.
    if (needed > this.#buffer.length) this.reserve(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.set(chunk, this.length);
    this.length = needed;
    if (this.length - this.#saved >= this.#saveEvery) await this.save();
  }

  async save(): Promise<void> {
    if (this.length === this.#saved) return;
    // Copied: the slot may keep the bytes while more arrive.
    const files = new Map([[PART, this.bytes().slice()]]);
    await this.#checkpoint.save({ step: this.length, files });
    this.#saved = this.length;
  }
}
