import fc from "fast-check";
import { createEngine } from "../../engine/create_engine.ts";
import { kernelFailure } from "../support/kernel_suite.ts";
import { randomGraph } from "../support/random_graph.ts";

const runs = 40;

for (const blockSize of [undefined, 0] as const) {
  const title = blockSize === 0 ? "to portable operators" : "for this processor";
  Deno.test(`random networks, compiled ${title}, have the cpu backend's gradients`, async () => {
    const forced = blockSize === undefined ? {} : { blockSize };
    const engine = await createEngine({ backend: "onnx", threads: 2, ...forced });
    const property = fc.asyncProperty(randomGraph(12), async (network) => {
      const failure = await kernelFailure(engine, "compiled", network);
      if (failure !== null) throw new Error(failure);
    });
    await fc.assert(property, { seed: 417, numRuns: runs });
    engine.dispose();
  });
}
