/** Each pass by itself: a graph that it changes, before and after. */

import assert from "node:assert/strict";
import type { Graph } from "../../../../engine/onnx/graph/graph.ts";
import { GraphBuilder } from "../../../../engine/onnx/graph/graph_builder.ts";
import { passes } from "../../../../engine/onnx/graph/passes.ts";
import { verifyGraph } from "../../../../engine/onnx/graph/verify_graph.ts";

const vector = { dtype: "float32", shape: [6] } as const;
const image = { dtype: "float32", shape: [1, 16, 2, 2] } as const;

/** By the name of the pass. */
const examples: Readonly<Record<string, () => Graph>> = {
  collapseReshapes() {
    const builder = new GraphBuilder();
    const x = builder.input(vector);
    const reshape = (value: string, shape: readonly number[]) =>
      only(builder.node("Reshape", [value, builder.literal(shape, [shape.length], "int64")]));
    const matrix = reshape(x, [2, 3]);
    const turned = reshape(matrix, [3, 2]);
    const back = reshape(turned, [6]);
    const a = only(builder.node("Exp", [turned]));
    const b = only(builder.node("Neg", [back]));
    return builder.finish([
      { name: a, type: { dtype: "float32", shape: [3, 2] } },
      { name: b, type: vector },
      { name: back, type: vector },
    ]);
  },
  mergeEqualNodes() {
    const builder = new GraphBuilder();
    const x = builder.input(vector);
    const chain = () => only(builder.node("Exp", [only(builder.node("Neg", [x]))]));
    const sum = only(builder.node("Add", [chain(), chain()]));
    return builder.finish([{ name: sum, type: vector }]);
  },
  removeDeadNodes() {
    const builder = new GraphBuilder();
    const x = builder.input(vector);
    builder.node("Mul", [x, builder.literal([5], [], "float32")]);
    return builder.finish([{ name: only(builder.node("Neg", [x])), type: vector }]);
  },
  unfoldSharedConvs() {
    const builder = new GraphBuilder();
    const [x, z] = [builder.input(image), builder.input(image)];
    const filter = builder.input({ dtype: "float32", shape: [16, 16, 1, 1] });
    const conv = (...sum: string[]) =>
      only(builder.node("Conv", [x, filter, ...sum], {}, "com.microsoft.nchwc"));
    const bare = conv();
    const folded = conv("", z);
    const gate = only(builder.node("Tanh", [bare]));
    const product = only(builder.node("Mul", [folded, gate]));
    return builder.finish([{ name: product, type: image }]);
  },
  separateOutputs() {
    const builder = new GraphBuilder();
    const x = builder.input(vector);
    const y = only(builder.node("Neg", [x]));
    const shape = builder.literal([2, 3], [2], "int64");
    const view = only(builder.node("Reshape", [y, shape]));
    return builder.finish([
      { name: x, type: vector },
      { name: y, type: vector },
      { name: y, type: vector },
      { name: view, type: { dtype: "float32", shape: [2, 3] } },
    ]);
  },
};

Deno.test("every pass has an example", () => {
  assert.deepEqual(
    [...new Set(passes.map((pass) => pass.name))].sort(),
    Object.keys(examples).sort(),
  );
});

for (const pass of new Set(passes)) {
  Deno.test(`${pass.name}() turns its example into what it did`, async (t) => {
    const before = examples[pass.name]!();
    const after = pass(before);
    verifyGraph(before, 16);
    verifyGraph(after, 16);
    assert.notEqual(after.toString(), before.toString());
    await t.assertSnapshot(`${before}\n--- ${pass.name}\n${after}`);
  });
}

function only([value]: readonly string[]): string {
  assert.ok(value !== undefined);
  return value;
}
