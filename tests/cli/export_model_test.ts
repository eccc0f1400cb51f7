import assert from "node:assert/strict";
import { artifactKinds } from "../../artifacts/mod.ts";
import { decodeSafetensors } from "../../artifacts/safetensors.ts";
import { readSafetensors } from "../../artifacts/safetensors_file.ts";
import type { NamedArrays } from "../../artifacts/weights.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import { storeArtifact } from "../../pipelines/store/stored_artifact.ts";
import { command } from "../support/fake_host.ts";
import { readOnnx } from "../support/read_onnx.ts";
import { svg, tinyNetworks, tinyWeights } from "../support/tiny_networks.ts";
import { withFolder } from "../support/tiny_run.ts";

/** A folder whose store has one network, and the beginning of its digest. */
async function withNetwork(
  network: Pick<ReturnType<typeof svg>, "model" | "config" | "specs">,
  test: (folder: string, digest: string, weights: NamedArrays) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const store = openLocalStore(`${folder}/.zoetrope`);
    const ema = tinyWeights(network);
    const parameters = Object.fromEntries(
      Object.entries(ema).map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((value) => value + 1) },
      ]),
    );
    const { model, config } = network;
    const value = { model, config, parameters, ema, step: 7 };
    const artifact = await storeArtifact(store, artifactKinds, "weights", value);
    await store.putAction({
      format: 1,
      key: "ab".repeat(32),
      document: {},
      stage: "model",
      outputs: { weights: artifact },
      warnings: [],
      seconds: 1,
      finishedAt: "2026-11-22T00:00:00.000Z",
      provenance: {},
    });
    await test(folder, artifact.digest.slice(0, 16), ema);
  });
}

Deno.test("export --onnx writes a part of a network, with the average of its weights", () =>
  withNetwork(svg("tiny", "learned", 0), async (folder, digest, weights) => {
    const { code, out } = await command(folder, [
      "export",
      digest,
      "prior.onnx",
      "--onnx",
      "--part",
      "prior",
    ]);
    assert.equal(code, 0, out);
    assert.match(out, /prior of svg: \(code, state\.0\.hidden, .*\) -> \(mean, log_variance, /);
    const bytes = await Deno.readFile(`${folder}/prior.onnx`);
    const file = readOnnx(bytes);
    assert.equal(file.metadata["weights"], "ema");
    assert.equal(file.metadata["step"], "7");
    assert.equal(JSON.parse(file.metadata["config"]!).latent, 4);
    assert.deepEqual(file.inputs["code"]?.shape, ["batch", 8]);
    const kernel = new Uint8Array(weights["prior.mean.kernel"]!.data.buffer);
    assert.ok(bytes.toHex().includes(kernel.toHex()));
    // There already.
    const again = await command(folder, [
      "export",
      digest,
      "prior.onnx",
      "--onnx",
      "--part",
      "prior",
    ]);
    assert.equal(again.code, 2);
    assert.match(again.err, /it is there already; --replace replaces it/);
  }));

Deno.test("export --onnx says which parts there are, and which sizes are missing", () =>
  withNetwork(svg("tiny", "fixed", 0), async (folder, digest) => {
    const ask = async (...more: string[]) => {
      const { code, err } = await command(folder, ["export", digest, "x.onnx", "--onnx", ...more]);
      assert.equal(code, 2);
      return err;
    };
    assert.match(await ask(), /choose one with --part: encoder, decoder, predictor, posterior\b/);
    assert.match(await ask("--part", "prior"), /"svg" has no such part/);
    assert.match(await ask("--part", "encoder", "--safetensors"), /both --onnx and --safetensors/);
    assert.match(await ask("--size", "64"), /such as "64x64"/);
  }));

Deno.test("export --onnx asks for the size of frames where a network takes many", () =>
  withNetwork(tinyNetworks()[0]!, async (folder, digest) => {
    const words = ["export", digest, "x.onnx", "--onnx"];
    const { code, err } = await command(folder, words);
    assert.equal(code, 2);
    assert.match(err, /choose one with --size <height>x<width>/);
    const sized = await command(folder, [...words, "--size", "16x32", "--batch", "2"]);
    assert.equal(sized.code, 0, sized.err);
    const file = readOnnx(await Deno.readFile(`${folder}/x.onnx`));
    assert.deepEqual(file.inputs["frame"]?.shape, [2, 16, 32, 1]);
  }));

Deno.test("export --safetensors writes the weights, of the last step on request", () =>
  withNetwork(svg("tiny", "fixed", 0), async (folder, digest, ema) => {
    const words = ["export", digest, "w.safetensors", "--safetensors"];
    assert.equal((await command(folder, words)).code, 0);
    const bytes = await Deno.readFile(`${folder}/w.safetensors`);
    assert.deepEqual(decodeSafetensors(bytes), ema);
    assert.equal(readSafetensors(bytes).metadata["model"], "svg");
    assert.equal((await command(folder, [...words, "--replace", "--weights", "raw"])).code, 0);
    const raw = decodeSafetensors(await Deno.readFile(`${folder}/w.safetensors`));
    const [name, { data }] = Object.entries(ema)[0]!;
    assert.equal(raw[name]!.data[0], Math.fround(data[0]! + 1));
  }));

Deno.test("export --onnx of what is no network is a usage error", () =>
  withFolder(async (folder) => {
    const store = openLocalStore(`${folder}/.zoetrope`);
    const curves = await storeArtifact(
      store,
      artifactKinds,
      "curves",
      { x: "step", series: [] } as never,
    );
    await store.putAction({
      format: 1,
      key: "cd".repeat(32),
      document: {},
      stage: "model",
      outputs: { curves },
      warnings: [],
      seconds: 1,
      finishedAt: "2026-11-22T00:00:00.000Z",
      provenance: {},
    });
    const words = ["export", curves.digest.slice(0, 12), "x.onnx", "--onnx"];
    const { code, err } = await command(folder, words);
    assert.equal(code, 2);
    assert.match(err, /Cannot export curves as a model: it must be weights or a feature_extractor/);
  }));
