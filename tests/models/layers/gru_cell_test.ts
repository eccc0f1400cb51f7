import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { gruCell, gruCellParameters } from "../../../models/layers/gru_cell.ts";
import { motionHeadParameters } from "../../../models/layers/motion_head.ts";
import { countParameters, type Parameters } from "../../../models/parameters.ts";
import { readMp5, sines, transposed } from "../../support/mp5.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const names = ["weightInput", "weightHidden", "biasInput", "biasHidden"] as const;

/** GRUCell(2, 2) of systems.md, B5, filled as B4. */
function sineCell(): Parameters {
  return {
    weightInput: tf.tensor2d(transposed(sines(12, 0), 6, 2), [2, 6]),
    weightHidden: tf.tensor2d(transposed(sines(12, 100), 6, 2), [2, 6]),
    biasInput: tf.tensor1d(sines(6, 200)),
    biasHidden: tf.tensor1d(sines(6, 300)),
  };
}

const input = () => tf.tensor2d([1, -0.5], [1, 2]);
const state = () => tf.tensor2d([0.1, 0.2], [1, 2]);

Deno.test("gruCell() gives torch.nn.GRUCell's values", async () => {
  await setUp({});
  assertNear(gruCell(sineCell(), input(), state()), [0.0357948243, -0.1698299844], 1e-7);
});

Deno.test("gruCell() has torch.nn.GRUCell's gradients, with two biases of the candidate", async () => {
  await setUp({});
  const { gradients: { gru } } = await readMp5();
  const cell = sineCell();
  const found = tf.grads((x, hidden, ...weights) => {
    const own = Object.fromEntries(names.map((name, i) => [name, weights[i]!]));
    return tf.sum(tf.mul(gruCell(own, x!, hidden!), tf.tensor1d([1, -2])));
  })([input(), state(), ...names.map((name) => cell[name]!)]);
  const expected = [
    gru["x"]!,
    gru["h"]!,
    transposed(gru["weight_ih"]!, 6, 2),
    transposed(gru["weight_hh"]!, 6, 2),
    gru["bias_ih"]!,
    gru["bias_hh"]!,
  ];
  for (const [i, values] of expected.entries()) assertNear(found[i]!, values, 5e-7);
});

Deno.test("gruCell() keeps its state where the update gate is open", async () => {
  await setUp({});
  const biasInput = tf.tensor1d([0, 0, 60, 60, 0, 0]);
  assertNear(gruCell({ ...sineCell(), biasInput }, input(), state()), [0.1, 0.2], 1e-7);
});

Deno.test("gruCellParameters() count as MoCoGAN's cell and DLHacks' block", () => {
  assert.equal(countParameters(gruCellParameters({ inputs: 10, hidden: 10 })), 660);
  const block = {
    ...gruCellParameters({ inputs: 10, hidden: 100 }),
    ...motionHeadParameters({ hidden: 100, outputs: 10 }),
  };
  assert.equal(countParameters(block), 34_610);
});
