import assert from "node:assert/strict";
import { bestRow, sweepTable } from "../../report/sweep_table.ts";
import { runRecord, scoreOf, sweepRecord, sweptStage } from "../support/sweep_record.ts";

Deno.test("sweepTable() has a row per point and a column per number", () => {
  const table = sweepTable(sweepRecord(), []);
  assert.deepEqual(table?.variables, ["lr", "seed"]);
  assert.deepEqual(
    table?.rows.map(({ point, cells }) => [point["lr"], point["seed"], cells[0]?.mean]),
    [
      ...[[1, 0, 10], [1, 1, 11], [1, 2, 14]],
      ...[[2, 0, 20], [2, 1, 21], [2, 2, 24]],
    ],
  );
  assert.equal(table?.columns.length, 1);
  assert.equal(sweepTable(runRecord([sweptStage("data", undefined)]), []), undefined);
});

// 0, 1 and 4 have the mean 5/3 and the sample variance (0 + 1 + 16 - 25/3) / 2 = 13/3.
Deno.test("sweepTable() over a variable gives mean, sample standard deviation and n", () => {
  const table = sweepTable(sweepRecord(), ["seed", "unknown"]);
  assert.deepEqual(table?.over, ["seed"]);
  for (const { point, size, cells: [cell] } of table?.rows ?? []) {
    assert.deepEqual([size, cell?.count], [3, 3]);
    assert.ok(Math.abs((cell?.mean ?? 0) - (Number(point["lr"]) * 10 + 5 / 3)) < 1e-12);
    assert.ok(Math.abs((cell?.deviation ?? 0) - Math.sqrt(13 / 3)) < 1e-12);
  }
  assert.deepEqual(table?.rows.map(({ point }) => point), [{ lr: 1 }, { lr: 2 }]);
  assert.equal(table && bestRow(table, 0), 1);
});

Deno.test("sweepTable() keeps protocols apart, and leaves a failed point empty", () => {
  const [a, b] = [{ lr: 1, seed: 1 }, { lr: 1, seed: 2 }];
  const record = runRecord([
    sweptStage("scores", a),
    sweptStage("scores", b, { state: "failed" }),
    sweptStage("other", { lr: 1 }),
  ], {
    scores: [
      scoreOf("scores@lr=1,seed=1", 3),
      scoreOf("other@lr=1", 5, { protocol: "peak 255" }),
    ],
  });
  const table = sweepTable(record, []);
  assert.deepEqual(table?.columns.map(({ stage, protocol }) => [stage, protocol]), [
    ["scores", "peak 1"],
    ["other", "peak 255"],
  ]);
  assert.deepEqual(
    table?.rows.map(({ state, cells }) => [state, ...cells.map((cell) => cell?.mean)]),
    [
      ["ran", 3, 5],
      ["failed", undefined, 5],
    ],
  );
  // One stage gave the number of both points: it counts once.
  const means = sweepTable(record, ["seed"]);
  assert.deepEqual(means?.rows.map(({ cells }) => cells.map((cell) => cell?.count)), [[1, 1]]);
});

Deno.test("bestRow() follows the direction, and is nobody on a draw", () => {
  const points = [1, 2, 3].map((lr) => sweptStage("s", { lr }));
  const of = (values: number[], better: "higher" | "lower") => {
    const scores = values.map((value, i) => scoreOf(`s@lr=${i + 1}`, value, { better }));
    const table = sweepTable(runRecord(points, { scores }), []);
    return table && bestRow(table, 0);
  };
  assert.equal(of([1, 3, 2], "higher"), 1);
  assert.equal(of([1, 3, 2], "lower"), 0);
  assert.equal(of([3, 3, 2], "higher"), undefined);
});
