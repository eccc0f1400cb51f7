import assert from "node:assert/strict";
import { Graph, type Node } from "../../../../engine/onnx/graph/graph.ts";
import { GraphBuilder } from "../../../../engine/onnx/graph/graph_builder.ts";
import { verifyGraph, verifyOutputs } from "../../../../engine/onnx/graph/verify_graph.ts";

const type = { dtype: "float32", shape: [2, 3] } as const;

function node(op: string, inputs: string[], output: string): Node {
  return { op, domain: "", inputs, outputs: [output], attributes: {} };
}

function graphOf(nodes: readonly Node[], output: string): Graph {
  return new Graph({
    inputs: [{ name: "x", type }],
    outputs: [{ name: output, type }],
    nodes,
    constants: new Map(),
    declared: new Map(),
  });
}

Deno.test("verifyGraph() accepts a well-formed graph", () => {
  verifyGraph(graphOf([node("Exp", ["x"], "y"), node("Add", ["x", "y"], "z")], "z"), 16);
});

Deno.test("verifyGraph() finds a value that is used before it is defined, so also a cycle", () => {
  const cycle = graphOf([node("Add", ["x", "z"], "y"), node("Exp", ["y"], "z")], "z");
  assert.throws(() => verifyGraph(cycle, 16), /node 0 \(Add\) uses "z" before it is defined/);
});

Deno.test("verifyGraph() finds a value that is defined twice", () => {
  const twice = graphOf([node("Exp", ["x"], "y"), node("Neg", ["x"], "y")], "y");
  assert.throws(() => verifyGraph(twice, 16), /"y" is defined twice/);
});

Deno.test("verifyGraph() finds an output that nobody defines", () => {
  assert.throws(() => verifyGraph(graphOf([], "y"), 16), /output 0 is "y", which is not defined/);
});

Deno.test("verifyGraph() finds a declared type that the operators do not give", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  const [name = ""] = builder.node("Transpose", [x], { perm: [1, 0] });
  builder.declare(name, type);
  const graph = builder.finish([{ name, type: { dtype: "float32", shape: [3, 2] } }]);
  assert.throws(
    () => verifyGraph(graph, 16),
    /must be float32\[2,3\], but it is float32\[3,2\]/,
  );
});

Deno.test("verifyGraph() finds operands that do not broadcast", () => {
  const builder = new GraphBuilder();
  const [x, y] = [builder.input(type), builder.input({ dtype: "float32", shape: [4] })];
  const [name = ""] = builder.node("Add", [x, y]);
  const graph = builder.finish([{ name, type }]);
  assert.throws(() => verifyGraph(graph, 16), /node 0 \(Add\) does not fit: .*do not broadcast/);
});

Deno.test("verifyOutputs() finds outputs that are inputs or appear twice", () => {
  assert.throws(() => verifyOutputs(graphOf([], "x")), /output 0 is not made by a node/);
  const graph = graphOf([node("Exp", ["x"], "y")], "y");
  const twice = graph.with({ outputs: [...graph.outputs, ...graph.outputs] });
  assert.throws(() => verifyOutputs(twice), /output 1 is also another output/);
});
