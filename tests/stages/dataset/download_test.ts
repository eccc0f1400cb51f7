import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { download, type DownloadOptions } from "../../../stages/dataset/download.ts";
import { MemoryCheckpoint } from "../../support/memory_checkpoint.ts";

const file = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);

Deno.test("download() gives the file when its digest is the published one", async () => {
  await using server = serve((_, start) => ranged(start));
  deepEqual(await download(options(server.url)), file);
});

Deno.test("download() continues a broken connection where it ended", async () => {
  await using server = serve((request, start) => request === 0 ? broken(70_000) : ranged(start));
  deepEqual(await download(options(server.url)), file);
  deepEqual(server.ranges, [null, "bytes=70000-"]);
});

Deno.test("download() continues what an earlier run saved", async () => {
  await using server = serve((_, start) => ranged(start));
  const checkpoint = new MemoryCheckpoint();
  const files = new Map([["download.part", file.subarray(0, 150_000)]]);
  await checkpoint.save({ step: 150_000, files });
  deepEqual(await download({ ...options(server.url), checkpoint }), file);
  deepEqual(server.ranges, ["bytes=150000-"]);
});

Deno.test("download() starts again when the server ignores ranges", async () => {
  await using server = serve((request) => request === 0 ? broken(70_000) : new Response(file));
  deepEqual(await download(options(server.url)), file);
});

Deno.test("download() saves what has arrived, at intervals and when it is aborted", async () => {
  const abort = new AbortController();
  await using server = serve((_, start) => ranged(start));
  const checkpoint = new MemoryCheckpoint();
  const progress = () => checkpoint.steps.length > 0 && abort.abort(new Error("enough"));
  await rejects(
    download({
      ...options(server.url),
      checkpoint,
      progress,
      signal: abort.signal,
      saveEvery: 60_000,
    }),
    /enough/,
  );
  ok((checkpoint.steps[0] ?? 0) >= 60_000);
});

Deno.test("download() refuses another file, by digest or by size, and forgets it", async () => {
  await using server = serve(() => new Response(file.with(5, 0)));
  const checkpoint = new MemoryCheckpoint();
  await rejects(download({ ...options(server.url), checkpoint }), /its sha256 must be .* but is /);
  equal((await checkpoint.load())?.files.get("download.part")?.length ?? 0, 0);
  await rejects(
    download({ ...options(server.url), maxBytes: 1000 }),
    /must have at most 1000 bytes, but has more/,
  );
});

Deno.test("download() says which answer it got, and does not repeat a refused request", async () => {
  await using server = serve(() => new Response("gone", { status: 404 }));
  await rejects(download(options(server.url)), /the server answered 404/);
  equal(server.ranges.length, 1);
});

Deno.test("download() without a server names the address and what else can be done", async () => {
  const server = serve(() => new Response());
  await server[Symbol.asyncDispose]();
  await rejects(download(options(server.url)), (error: Error) => {
    ok(error.message.startsWith(`Cannot download ${server.url}: `));
    ok(error.message.endsWith('; use "testFile"'));
    return true;
  });
});

function options(url: string): DownloadOptions {
  return {
    url,
    digest: { algorithm: "sha256", hex: createHash("sha256").update(file).digest("hex") },
    maxBytes: 10 ** 6,
    checkpoint: new MemoryCheckpoint(),
    signal: new AbortController().signal,
    progress: () => {},
    offlineHint: 'use "testFile"',
    attempts: 2,
    pauseMs: 1,
  };
}

/** A server on this machine that remembers the ranges it was asked for. */
function serve(answer: (request: number, start: number) => Response) {
  const ranges: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const range = request.headers.get("range");
    ranges.push(range);
    return answer(ranges.length - 1, Number(/\d+/.exec(range ?? "")?.[0] ?? 0));
  });
  return {
    ranges,
    url: `http://127.0.0.1:${server.addr.port}/file.npy`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function ranged(start: number): Response {
  if (start === 0) return new Response(file);
  if (start >= file.length) return new Response(null, { status: 416 });
  const headers = { "Content-Range": `bytes ${start}-${file.length - 1}/${file.length}` };
  return new Response(file.subarray(start), { status: 206, headers });
}

/** Announces the whole file and breaks off after `bytes`. */
function broken(bytes: number): Response {
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(file.subarray(0, bytes));
      // What was enqueued must have left before the stream fails.
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.error(new Error("the cable was cut"));
    },
  });
  return new Response(body, { headers: { "Content-Length": String(file.length) } });
}
