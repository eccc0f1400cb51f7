import assert from "node:assert/strict";
import { createEngine } from "../../engine/create_engine.ts";
import { sgd, type SgdSettings } from "../../training/sgd.ts";
import { followTrace } from "./set_up.ts";

await createEngine({ backend: "cpu", threads: 1 });

/** Printed by torch 2.15.0 in float64: lr 0.1, gradients 0.5, -0.3, 0.1, 0, 2, parameter 1 at first. */
const traces: readonly [SgdSettings, readonly number[], number?][] = [
  [{ momentum: 0, nesterov: false, weightDecay: 0 }, [0.95, 0.98, 0.97, 0.97, 0.77]],
  [
    { momentum: 0, nesterov: false, weightDecay: 0.05 },
    [0.945, 0.970275, 0.955423625, 0.950646506875, 0.7458932743406249],
  ],
  [
    { momentum: 0.9, nesterov: false, weightDecay: 0.05 },
    [0.945, 0.9207749999999999, 0.8843686249999999, 0.8471810443749999, 0.6094763165906248],
    2.37704727784375,
  ],
  [
    { momentum: 0.9, nesterov: true, weightDecay: 0.05 },
    [0.8955, 0.89944275, 0.8524762688749999, 0.8151554036831874, 0.39765879188550335],
    2.3713426086585345,
  ],
];

Deno.test("sgd() follows the traces of torch.optim.SGD", () => {
  for (const [settings, expected, sum] of traces) {
    const steps = followTrace(sgd(settings), 0.1, 1);
    // Float32 of values up to 1, five steps: 6e-8 each.
    expected.forEach((value, index) =>
      assert.ok(Math.abs(steps[index]!.value - value) < 3e-7, `step ${index + 1}`)
    );
    const { slots } = steps.at(-1)!;
    assert.deepEqual(Object.keys(slots), sum === undefined ? [] : ["momentum"]);
    if (sum !== undefined) assert.ok(Math.abs(slots["momentum"]! / sum - 1) < 1e-6);
  }
});

Deno.test("sgd() refuses Nesterov's look ahead without momentum", () => {
  assert.throws(
    () => sgd({ momentum: 0, nesterov: true, weightDecay: 0 }),
    /nesterov needs momentum, but it is 0/,
  );
});
