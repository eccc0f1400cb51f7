/** Training on a backend that was asked for, against the JavaScript backend. */

import assert from "node:assert/strict";
import { createEngine } from "../../../engine/create_engine.ts";
import { askedBackend } from "../../support/asked_backend.ts";
import { train } from "../../../training/train.ts";
import { bytesOf, convolutional, convolutionalWithEverything } from "../../training/set_up.ts";

const ignore = askedBackend === undefined; // Needs what not every machine has.
const name = askedBackend ?? "an asked backend";

const asked = () => createEngine({ backend: askedBackend!, threads: 2, isCpuEnough: true });

for (const make of [convolutional, convolutionalWithEverything]) {
  Deno.test({
    name: `${make.name} trained on ${name} has the losses of "cpu"`,
    ignore,
    async fn() {
      const expected = await train(make(await createEngine({ backend: "cpu", threads: 1 })));
      const found = await train(make(await asked()));
      assert.equal(found.history.length, expected.history.length);
      for (const [i, { values }] of expected.history.entries()) {
        // 24 steps of float32 sums in another order; a wrong gradient is off by 1e-2 after one.
        const ratio = found.history[i]!.values["loss"] ?? NaN;
        if (values["loss"] === undefined) continue;
        assert.ok(Math.abs(ratio / values["loss"] - 1) < 1e-3, `${ratio} for ${values["loss"]}`);
      }
    },
  });
}

Deno.test({
  name: `two trainings on ${name} give equal bytes`,
  ignore: ignore || askedBackend === "cuda", // cuDNN promises nothing.
  async fn() {
    const first = bytesOf(await train(convolutional(await asked())));
    assert.equal(bytesOf(await train(convolutional(await asked()))), first);
  },
});

Deno.test({
  name: `training on ${name} keeps no tensor from step to step`,
  ignore,
  async fn() {
    const engine = await asked();
    const counts = new Set<number>();
    const before = engine.memory().tensors;
    await train({
      ...convolutional(engine),
      steps: 40,
      progress: () => counts.add(engine.memory().tensors),
    });
    assert.equal(counts.size, 1, `tensors alive: ${[...counts]}`);
    assert.equal(engine.memory().tensors, before);
  },
});
