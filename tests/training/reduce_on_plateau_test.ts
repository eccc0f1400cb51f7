import assert from "node:assert/strict";
import {
  firstPlateauState,
  plateauDefaults,
  type PlateauRule,
  reduceOnPlateau,
} from "../../training/reduce_on_plateau.ts";
import fixture from "../fixtures/reduce_lr_on_plateau.json" with { type: "json" };

interface TorchSettings {
  readonly mode?: string;
  readonly factor?: number;
  readonly patience?: number;
  readonly threshold?: number;
  readonly threshold_mode?: string;
  readonly cooldown?: number;
  readonly min_lr?: number;
  readonly eps?: number;
}

function ruleOf(settings: TorchSettings): PlateauRule {
  return {
    mode: settings.mode === "max" ? "max" : "min",
    factor: settings.factor ?? plateauDefaults.factor,
    patience: settings.patience ?? plateauDefaults.patience,
    threshold: settings.threshold ?? plateauDefaults.threshold,
    thresholdMode: settings.threshold_mode === "abs" ? "abs" : "rel",
    cooldown: settings.cooldown ?? plateauDefaults.cooldown,
    minRate: settings.min_lr ?? plateauDefaults.minRate,
    epsilon: settings.eps ?? plateauDefaults.epsilon,
  };
}

for (const { lr, cfg, trace } of fixture.traces) {
  Deno.test(`reduceOnPlateau() follows torch to the last bit: ${JSON.stringify(cfg)}`, () => {
    const rule = ruleOf(cfg);
    let state = firstPlateauState(rule);
    let rate = lr;
    trace.forEach((row, epoch) => {
      ({ state, rate } = reduceOnPlateau(rule, state, Number(row.metric), rate));
      assert.deepEqual(
        { rate, ...state },
        { rate: row.lr, best: row.best, badEpochs: row.num_bad, cooldown: row.cooldown },
        `epoch ${epoch}`,
      );
    });
  });
}

Deno.test("the traces cover both modes and thresholds, cooldown, least rate, epsilon and NaN", () => {
  const seen = new Set(fixture.traces.flatMap(({ cfg }) => Object.keys(cfg)));
  for (const name of ["mode", "threshold_mode", "cooldown", "min_lr", "eps"]) {
    assert.ok(seen.has(name), name);
  }
  assert.ok(fixture.traces.some(({ trace }) => trace.some(({ metric }) => metric === "NaN")));
  assert.ok(fixture.traces.length >= 12);
});
