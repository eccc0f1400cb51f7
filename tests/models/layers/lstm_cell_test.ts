import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { lstmCell, lstmCellParameters } from "../../../models/layers/lstm_cell.ts";
import { countParameters, type Parameters } from "../../../models/parameters.ts";
import { initialise } from "../../../training/initialise.ts";
import { readMp5, sines, transposed } from "../../support/mp5.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

/** LSTMCell(2, 2) of systems.md, B4: weights 0.5 sin(k + offset) in PyTorch's layout, biases of two kinds. */
function sineCell(): Parameters {
  return {
    weightInput: tf.tensor2d(transposed(sines(16, 0), 8, 2), [2, 8]),
    weightHidden: tf.tensor2d(transposed(sines(16, 100), 8, 2), [2, 8]),
    biasInput: tf.tensor1d(sines(8, 200)),
    biasHidden: tf.tensor1d(sines(8, 300)),
  };
}

const input = () => tf.tensor2d([1, -0.5], [1, 2]);
const state = () => ({
  hidden: tf.tensor2d([0.1, 0.2], [1, 2]),
  cell: tf.tensor2d([0.3, -0.4], [1, 2]),
});

Deno.test("lstmCell() gives torch.nn.LSTMCell's values where no gate is saturated", async () => {
  await setUp({});
  const { hidden, cell } = lstmCell(sineCell(), input(), state());
  assertNear(hidden, [0.047069027, -0.496408056], 1e-7);
  assertNear(cell, [0.126692551, -0.891061413], 1e-7);
});

Deno.test("lstmCell() has torch.nn.LSTMCell's gradients", async () => {
  await setUp({});
  const { gradients } = await readMp5();
  const names = ["weightInput", "weightHidden", "biasInput", "biasHidden"] as const;
  const cell = sineCell();
  const { hidden: h, cell: c } = state();
  const found = tf.grads((x, hidden, carried, ...weights) => {
    const own = Object.fromEntries(names.map((name, i) => [name, weights[i]!]));
    const next = lstmCell(own, x!, { hidden: hidden!, cell: carried! });
    return tf.add(
      tf.sum(tf.mul(next.hidden, tf.tensor1d([1, -2]))),
      tf.sum(tf.mul(next.cell, tf.tensor1d([0.5, 3]))),
    );
  })([input(), h, c, ...names.map((name) => cell[name]!)]);
  const { lstm } = gradients;
  const expected = [
    lstm["x"]!,
    lstm["h"]!,
    lstm["c"]!,
    transposed(lstm["weight_ih"]!, 8, 2),
    transposed(lstm["weight_hh"]!, 8, 2),
    lstm["bias_ih"]!,
    lstm["bias_hh"]!,
  ];
  for (const [i, values] of expected.entries()) assertNear(found[i]!, values, 5e-7);
});

Deno.test("the pair (h, c) that MP5 printed is one of an LSTM whose output gates are open", async () => {
  const { lstmCell: { printedHidden, printedCell } } = await readMp5();
  assert.equal(printedHidden.length, 15);
  for (const [i, h] of printedHidden.entries()) {
    const gate = h / Math.tanh(printedCell[i]!);
    assert.ok(gate > 0.9966 && gate < 0.9999, `unit ${i}: ${gate}`);
  }
});

Deno.test("lstmCellParameters() count as MP5's cells and start as its initWeight", () => {
  const xavier = { init: "xavier" } as const;
  assert.equal(countParameters(lstmCellParameters({ inputs: 10, hidden: 100 })), 44_800);
  assert.equal(countParameters(lstmCellParameters({ inputs: 9, hidden: 15, ...xavier })), 1560);
  const specs = lstmCellParameters({ inputs: 3, hidden: 50, forgetBias: 2, ...xavier });
  const { weightInput, weightHidden, biasInput, biasHidden } = initialise(specs, 1n);
  const forget = Array.from({ length: 200 }, (_, i) => i >= 50 && i < 100 ? 2 : 0);
  assert.deepEqual([...biasInput!.data], forget);
  assert.deepEqual([...biasHidden!.data], forget);
  // Uniform up to √(6 / (4 h + in)): 150 and 10,000 draws come within 5 % and 1 % of the bound.
  for (
    const [weight, inputs, share] of [[weightInput, 3, 0.95], [weightHidden, 50, 0.99]] as const
  ) {
    const bound = Math.sqrt(6 / (200 + inputs));
    const largest = Math.max(...weight!.data.map(Math.abs));
    assert.ok(largest <= bound && largest > share * bound, `${largest} of ${bound}`);
  }
  const plain = lstmCellParameters({ inputs: 3, hidden: 50, ...xavier });
  assert.deepEqual(plain["biasInput"]!.init, { kind: "parts", values: [0, 1, 0, 0] });
  assert.throws(
    () => lstmCellParameters({ inputs: 3, hidden: 4, forgetBias: 1 }),
    /forget bias 1: it needs init "xavier"/,
  );
});
