import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import type { StageContext } from "../../../pipelines/stage.ts";
import {
  downloadInceptionWeights,
  type PublishedFile,
  publishedInception,
  readInceptionWeights,
} from "../../../stages/dataset/inception_weights.ts";
import { inceptionExtractor, inceptionV3 } from "../../../stages/dataset/inception_v3.ts";
import { expectedShapes } from "../../../models/inception/state_dict.ts";
import { MemoryCheckpoint } from "../../support/memory_checkpoint.ts";
import { archive, type Bytes, op, pickle, storage, tensor } from "../../support/pickle_writer.ts";
import { sizeOf } from "../../support/host_tensor.ts";
import { stageContext } from "../../support/stage_context.ts";

type Params = Parameters<typeof inceptionV3.run>[0]["params"];

/** All tensors of the network as views of one row of ones: the published names in 8 MB instead of 91. */
function craftedFile(): Uint8Array {
  const largest = Math.max(...[...expectedShapes().values()].map(sizeOf));
  const row = new Uint8Array(new Float32Array(largest).fill(1).buffer);
  const items: Bytes[] = [...expectedShapes()].map(([name, shape]) => [
    ...op.text(name),
    ...tensor({
      from: storage(largest),
      shape,
      strides: shape.map((_, axis) => sizeOf(shape.slice(axis + 1))),
    }),
  ]);
  return archive(pickle(op.emptyDict, op.mark, items.flat(), op.setItems), { 0: row });
}

const file = craftedFile();
const sha256 = createHash("sha256").update(file).digest("hex");
const published = (url: string): PublishedFile => ({ url, sha256, bytes: file.length });

Deno.test("inceptionV3 fetches the published weights and folds them", async () => {
  await using server = serve(() => new Response(new Uint8Array(file)));
  const weights = await downloadInceptionWeights(quiet(), published(server.url));
  equal(weights.sha256, sha256);
  const bias = weights.parameters["Mixed_7c.branch_pool.bias"]!;
  // β − μ γ / √(σ² + 0.001), all of them 1.
  equal(bias.data[0], Math.fround(1 - 1 / Math.sqrt(1.001)));
  equal(weights.parameters["Conv2d_1a_3x3.kernel"]!.data[0], Math.fround(1 / Math.sqrt(1.001)));
  deepEqual(weights.parameters["Conv2d_1a_3x3.kernel"]!.shape, [3, 3, 3, 32]);
});

Deno.test("inceptionV3 follows the redirect of a release, and continues a broken download", async () => {
  let asked = 0;
  const arrived = Promise.withResolvers<void>();
  await using assets = serve((request) => {
    asked++;
    const range = request.headers.get("range");
    if (range === null) return broken(file.length >> 1, arrived.promise);
    const start = Number(/\d+/.exec(range)?.[0]);
    return new Response(file.slice(start), {
      status: 206,
      headers: { "Content-Range": `bytes ${start}-${file.length - 1}/${file.length}` },
    });
  });
  await using releases = serve(() => Response.redirect(assets.url, 302));
  const context = { ...quiet(), progress: () => arrived.resolve() };
  const weights = await downloadInceptionWeights(context, published(releases.url));
  equal(weights.sha256, sha256);
  equal(asked, 2);
});

Deno.test("inceptionV3 refuses what a server sends instead of the weights", async () => {
  await using server = serve(() => new Response(new Uint8Array(file).with(0, 0)));
  await rejects(
    downloadInceptionWeights(quiet(), published(server.url)),
    new RegExp(`its sha256 must be ${sha256}, but is [0-9a-f]{64}`),
  );
});

Deno.test("inceptionV3 without a network says what to place where", async () => {
  const server = serve(() => new Response());
  await server[Symbol.asyncDispose]();
  await rejects(downloadInceptionWeights(quiet(), published(server.url)), (error: Error) => {
    ok(error.message.startsWith(`Cannot download ${server.url}: `));
    ok(error.message.includes(`sha256 is ${sha256}, put it into the project`));
    ok(error.message.endsWith('relative to the config, as "file"'));
    return true;
  });
});

Deno.test("inceptionV3 reads a file, and names both digests of another one", async () => {
  const wrong = `its sha256 must be ${publishedInception.sha256}, but is ${sha256}`;
  await rejects(run({ file: "weights.pth" }), (error: Error) => {
    ok(error.message.includes('Cannot use "weights.pth"') && error.message.includes(wrong));
    match(error.message, /"anyWeights: true" allows them/);
    return true;
  });
  const { features } = await run({ file: "weights.pth", anyWeights: true, layer: 768 });
  equal(features.name, `inception_v3-${sha256.slice(0, 12)}`);
  equal(features.model, "inception_v3");
  equal(features.dimensions, 768);
  deepEqual(features.config, { layer: 768, resize: "pytorch" });
  equal(Object.keys(features.parameters).length, 2 * 94);
});

Deno.test("readInceptionWeights() accepts a copy of the published file without being told to", () => {
  const choice = { path: "copy.pth", anyWeights: false };
  const weights = readInceptionWeights(file, choice, published("http://unused"));
  const config = { layer: 2048, resize: "clean" } as const;
  const extractor = inceptionExtractor(weights, config, published("http://unused"));
  equal(extractor.name, "inception_v3");
  deepEqual(extractor.config, config);
  throws(
    () => readInceptionWeights(Uint8Array.of(1), { ...choice, anyWeights: true }),
    /Cannot read PyTorch file/,
  );
});

Deno.test("inceptionV3 may reach every host that GitHub serves releases from, and no other", () => {
  equal(new URL(publishedInception.url).host, inceptionV3.permissions?.net?.[0]);
  ok(
    inceptionV3.permissions?.net?.every((host) =>
      /^(github|[a-z-]+\.githubusercontent)\.com$/.test(host)
    ),
  );
});

Deno.test("inceptionV3 refuses anyWeights without a file", () => {
  const { error } = inceptionV3.params.safeParse({ anyWeights: true });
  deepEqual(error?.issues.map(({ path, message }) => [path[0], message]), [
    ["anyWeights", "anyWeights is about a file, but there is none: give file"],
  ]);
});

function run(params: Partial<Params>) {
  const context: StageContext<Params, typeof inceptionV3.inputs> = {
    ...stageContext({ backend: "cpu", threads: 1 }).context,
    params: inceptionV3.params.parse(params),
    inputs: {},
    openFile: (path) =>
      path === "weights.pth" ? Promise.resolve(file) : Promise.reject(new Error(path)),
  };
  return inceptionV3.run(context);
}

function quiet() {
  return {
    checkpoint: new MemoryCheckpoint(),
    signal: new AbortController().signal,
    progress: () => {},
    pauseMs: 1,
  };
}

function serve(answer: (request: Request) => Response) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  return {
    url: `http://127.0.0.1:${server.addr.port}/weights.pth`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Announces the whole file and breaks off after some bytes, once the first of them have arrived. */
function broken(bytes: number, arrived: Promise<void>): Response {
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(file.subarray(0, bytes));
      await arrived;
      controller.error(new Error("the cable was cut"));
    },
  });
  return new Response(body, { headers: { "Content-Length": String(file.length) } });
}
