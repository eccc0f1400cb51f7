import assert from "node:assert/strict";
import { createEngine } from "../../../engine/create_engine.ts";
import { exportModel } from "../../../engine/onnx/export/export_model.ts";
import { exportableModels, forwardFunctions } from "../../../stages/export/mod.ts";
import { readOnnx } from "../../support/read_onnx.ts";
import { inputsFor, largestDifference, runForward, runModel } from "../../support/run_model.ts";
import { tinyNetworks, tinyWeights } from "../../support/tiny_networks.ts";

const notes = { producerVersion: "0.0.0", metadata: { step: "7" } };

for (const network of tinyNetworks()) {
  Deno.test(`the exported ${network.name} computes what the engine computes`, async () => {
    const engine = await createEngine({ backend: "onnx", threads: 1 });
    const weights = tinyWeights(network);
    const parts = forwardFunctions(network, network.sizes);
    const { tensors } = engine.memory();
    for (const [part, forward] of Object.entries(parts)) {
      const options = { ...notes, name: part, batch: "any" } as const;
      const bytes = await exportModel(forward, weights, options);
      const file = readOnnx(bytes);
      assert.deepEqual(file.opsets, { "": 17 });
      assert.deepEqual([...new Set(file.nodes.map(({ domain }) => domain))], [""]);
      assert.deepEqual(Object.keys(file.inputs).sort(), Object.keys(forward.inputs).sort());
      assert.deepEqual(Object.keys(file.outputs).sort(), Object.keys(forward.outputs).sort());
      for (const { shape } of Object.values(file.inputs)) assert.equal(shape[0], "batch");
      for (const { shape } of Object.values(file.outputs)) assert.equal(shape[0], "batch");
      for (const batch of [1, 3, 4]) {
        const inputs = inputsFor(forward, batch);
        const expected = await runForward(engine, forward, weights, inputs);
        const found = await runModel(bytes, inputs, expected);
        const difference = largestDifference(found, expected);
        // Two layouts of the same float32 sums.
        assert.ok(difference < 2e-5, `${part}, batch ${batch}: relative difference ${difference}`);
      }
    }
    assert.equal(engine.memory().tensors, tensors);
    engine.dispose();
  });
}

Deno.test("every network that a stage writes can be exported", async () => {
  const written = new Set<string>();
  for await (const text of stageSources()) {
    for (const [, id] of text.matchAll(/\bmodel: "(\w+)",\n\s+config\b/g)) written.add(id!);
    for (const [, id] of text.matchAll(/const (?:IMAGE_DIFFUSION|MOCOGAN|SVG_MODEL) = "(\w+)"/g)) {
      written.add(id!);
    }
  }
  assert.deepEqual([...written].sort(), [...exportableModels].sort());
});

async function* stageSources(): AsyncGenerator<string> {
  const root = new URL("../../../stages/", import.meta.url);
  for (const folder of ["train", "sample", "dataset"]) {
    for await (const { name } of Deno.readDir(new URL(folder, root))) {
      yield await Deno.readTextFile(new URL(`${folder}/${name}`, root));
    }
  }
}

Deno.test("forwardFunctions() says what it does not know", () => {
  assert.throws(
    () => forwardFunctions({ model: "gpt", config: {} }, {}),
    /Cannot export "gpt": its functions are known for next_frame, /,
  );
  const [first] = tinyNetworks();
  assert.throws(
    () => forwardFunctions(first!, {}),
    /it takes frames of many sizes; choose one with --size/,
  );
});
