import assert from "node:assert/strict";
import type { Graph } from "../../../../engine/onnx/graph/graph.ts";
import { GraphBuilder } from "../../../../engine/onnx/graph/graph_builder.ts";
import { graphHash } from "../../../../engine/onnx/graph/graph_hash.ts";
import { runPasses } from "../../../../engine/onnx/graph/passes.ts";

const type = { dtype: "float32", shape: [2, 3] } as const;

/** exp(a) - 2 b, recorded in either order, with or without dead and repeated nodes. */
function difference(
  options: { isReversed?: boolean; isWasteful?: boolean; factor?: number },
): Graph {
  const builder = new GraphBuilder();
  const [a, b] = [builder.input(type), builder.input(type)];
  const op = (name: string, inputs: string[]) => builder.node(name, inputs)[0] ?? "";
  if (options.isWasteful) op("Sqrt", [a]);
  const exp = () => op("Exp", [a]);
  const twice = () => op("Mul", [b, builder.literal([options.factor ?? 2], [], "float32")]);
  const [first, second] = options.isReversed ? [twice(), exp()].reverse() : [exp(), twice()];
  if (options.isWasteful) op("Exp", [a]);
  return builder.finish([{ name: op("Sub", [first ?? "", second ?? ""]), type }]);
}

Deno.test("graphHash() does not depend on the order of recording", () => {
  assert.equal(graphHash(difference({ isReversed: true })), graphHash(difference({})));
});

Deno.test("graphHash() does not depend on dead or repeated nodes", () => {
  assert.equal(graphHash(difference({ isWasteful: true })), graphHash(difference({})));
});

Deno.test("graphHash() does not change under the passes", () => {
  const graph = difference({ isWasteful: true });
  assert.equal(graphHash(runPasses(graph)), graphHash(graph));
});

Deno.test("graphHash() depends on constants", () => {
  assert.notEqual(graphHash(difference({ factor: 3 })), graphHash(difference({})));
});

Deno.test("graphHash() depends on which input goes where", () => {
  const graph = difference({});
  const swapped = graph.with({ inputs: [...graph.inputs].reverse() });
  assert.notEqual(graphHash(swapped), graphHash(graph));
});

Deno.test("graphHash() depends on attributes and on the types of inputs", () => {
  const softmax = (axis: number, shape: readonly number[]) => {
    const builder = new GraphBuilder();
    const x = builder.input({ dtype: "float32", shape });
    const [name = ""] = builder.node("Softmax", [x], { axis });
    return graphHash(builder.finish([{ name, type: { dtype: "float32", shape } }]));
  };
  assert.notEqual(softmax(0, [2, 3]), softmax(1, [2, 3]));
  assert.notEqual(softmax(0, [2, 3]), softmax(0, [3, 2]));
});
