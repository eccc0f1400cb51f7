import assert from "node:assert/strict";
import { GraphBuilder } from "../../../../engine/onnx/graph/graph_builder.ts";
import {
  mergeEqualNodes,
  passes,
  removeDeadNodes,
  runPasses,
  separateOutputs,
} from "../../../../engine/onnx/graph/passes.ts";
import { unfoldSharedConvs } from "../../../../engine/onnx/graph/unfold_shared_convs.ts";
import { verifyGraph, verifyOutputs } from "../../../../engine/onnx/graph/verify_graph.ts";

const type = { dtype: "float32", shape: [4] } as const;

function first(values: readonly string[]): string {
  const [value] = values;
  assert.ok(value !== undefined);
  return value;
}

Deno.test("mergeEqualNodes() merges chains of equal nodes", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  const chain = () => first(builder.node("Exp", [first(builder.node("Neg", [x]))]));
  const sum = first(builder.node("Add", [chain(), chain()]));
  const merged = mergeEqualNodes(builder.finish([{ name: sum, type }]));
  assert.deepEqual(merged.nodes.map((node) => node.op), ["Neg", "Exp", "Add"]);
  assert.equal(merged.nodes[2]?.inputs[0], merged.nodes[2]?.inputs[1]);
});

Deno.test("mergeEqualNodes() keeps nodes whose attributes differ", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  const leak = (alpha: number) =>
    first(builder.node("LeakyRelu", [x], { alpha: { float: alpha } }));
  const sum = first(builder.node("Add", [leak(0.1), leak(0.2)]));
  assert.equal(mergeEqualNodes(builder.finish([{ name: sum, type }])).nodes.length, 3);
});

Deno.test("removeDeadNodes() drops nodes and constants that no output needs", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  builder.node("Mul", [x, builder.literal([5], [], "float32")]);
  const kept = first(builder.node("Neg", [x]));
  const graph = removeDeadNodes(builder.finish([{ name: kept, type }]));
  assert.deepEqual(graph.nodes.map((node) => node.op), ["Neg"]);
  assert.equal(graph.constants.size, 0);
});

Deno.test("separateOutputs() gives inputs, repeated and reshaped outputs a node of their own", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  const negative = first(builder.node("Neg", [x]));
  const shape = builder.literal([2, 2], [2], "int64");
  const square = first(builder.node("Reshape", [negative, shape]));
  const squareType = { dtype: "float32", shape: [2, 2] } as const;
  const outputs = [x, negative, negative].map((name) => ({ name, type }));
  const graph = separateOutputs(builder.finish([...outputs, { name: square, type: squareType }]));
  verifyGraph(graph, 16);
  verifyOutputs(graph);
  assert.deepEqual(graph.outputs.map((port) => port.name), ["out0", "out1", "out2", "out3"]);
  assert.equal(graph.nodes.filter((node) => node.op === "Identity").length, 3);
});

Deno.test("unfoldSharedConvs() computes a convolution once when its bare result is read", () => {
  const domain = "com.microsoft.nchwc";
  const image = { dtype: "float32", shape: [1, 16, 2, 2] } as const;
  const build = (isBareRead: boolean) => {
    const builder = new GraphBuilder();
    const [x, z] = [builder.input(image), builder.input(image)];
    const filter = builder.input({ dtype: "float32", shape: [16, 16, 1, 1] });
    const bare = first(builder.node("Conv", [x, filter], { kernel_shape: [1, 1] }, domain));
    const attributes = { kernel_shape: [1, 1] };
    const folded = first(builder.node("Conv", [x, filter, "", z], attributes, domain));
    const outputs = isBareRead ? [folded, bare] : [folded];
    const graph = builder.finish(outputs.map((name) => ({ name, type: image })));
    return unfoldSharedConvs(removeDeadNodes(graph)).nodes.map((node) => node.op);
  };
  assert.deepEqual(build(true), ["Conv", "Add"]);
  assert.deepEqual(build(false), ["Conv"]);
});

Deno.test("runPasses() calls the check on the recorded graph and after each pass", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  let count = 0;
  runPasses(builder.finish([{ name: first(builder.node("Neg", [x])), type }]), () => count++);
  assert.equal(count, passes.length + 1);
});
