import assert from "node:assert/strict";
import { hotNodes } from "../../bench/hot_nodes.ts";

const shapes = { input_type_shape: [{ float: [2, 3] }], output_type_shape: [{ float: [2] }] };

Deno.test("hotNodes() are means of the runs that count, by operator and by shapes", () => {
  const events = [
    run(0),
    kernel(1, "Conv", 9000),
    run(100),
    kernel(101, "Conv", 2000),
    kernel(102, "Mul", 1000),
    run(200),
    kernel(201, "Conv", 4000),
    kernel(202, "Mul", 1000),
    { cat: "Node", name: "x_fence_before", dur: 5000, ts: 203, args: { op_name: "Mul" } },
  ];
  const found = hotNodes(JSON.stringify(events), 1);
  assert.deepEqual(found.operators, [
    { what: "Conv", count: 1, ms: 3, share: 0.75 },
    { what: "Mul", count: 1, ms: 1, share: 0.25 },
  ]);
  assert.deepEqual(found.kinds.map(({ what }) => what), ["Conv [2,3] -> [2]", "Mul [2,3] -> [2]"]);
});

function run(ts: number) {
  return { cat: "Session", name: "model_run", dur: 50, ts };
}

function kernel(ts: number, op_name: string, dur: number) {
  return { cat: "Node", name: "x_kernel_time", dur, ts, args: { op_name, ...shapes } };
}
