import assert from "node:assert/strict";
import fc from "fast-check";
import type { StageRecord } from "../../pipelines/run_record.ts";
import { layoutGraph, sourcesOf } from "../../report/layout_graph.ts";

const SIZE = { nodeWidth: 100, nodeHeight: 50, gap: 10, maxWidth: 500 };

/** Stages 0, 1, ... where each may read from any earlier one. */
const graphs = fc.array(fc.array(fc.nat({ max: 100 }), { maxLength: 4 }), {
  minLength: 1,
  maxLength: 30,
}).map((picks) =>
  picks.map((picked, i) => stage(`s${i}`, i === 0 ? [] : picked.map((n) => `s${n % i}`)))
);

Deno.test("layoutGraph() puts every stage below all that it reads from", () => {
  fc.assert(fc.property(graphs, (stages) => {
    const { nodes } = layoutGraph(stages, SIZE);
    const top = new Map(nodes.map((node) => [node.stage.name, node.y]));
    for (const each of stages) {
      for (const source of sourcesOf(each)) {
        const [above, below] = [top.get(source) ?? NaN, top.get(each.name) ?? NaN];
        assert.ok(
          above + SIZE.nodeHeight < below,
          `${source} at ${above}, ${each.name} at ${below}`,
        );
      }
    }
  }));
});

Deno.test("layoutGraph() places each stage once, inside the drawing, without overlap", () => {
  fc.assert(fc.property(graphs, (stages) => {
    const { nodes, width, height } = layoutGraph(stages, SIZE);
    assert.deepEqual(
      nodes.map((node) => node.stage.name).sort(),
      stages.map(({ name }) => name).sort(),
    );
    assert.ok(width <= SIZE.maxWidth);
    nodes.forEach((a, i) => {
      assert.ok(a.x >= 0 && a.x + SIZE.nodeWidth <= width + 1e-9);
      assert.ok(a.y >= 0 && a.y + SIZE.nodeHeight <= height);
      for (const b of nodes.slice(i + 1)) {
        const apart = Math.abs(a.x - b.x) >= SIZE.nodeWidth ||
          Math.abs(a.y - b.y) >= SIZE.nodeHeight;
        assert.ok(apart, `${a.stage.name} and ${b.stage.name} overlap`);
      }
    });
  }));
});

Deno.test("layoutGraph() draws one edge per pair, from the bottom of one to the top of the other", () => {
  fc.assert(fc.property(graphs, (stages) => {
    const { nodes, edges } = layoutGraph(stages, SIZE);
    const place = new Map(nodes.map((node) => [node.stage.name, node]));
    const expected = stages.flatMap((each) =>
      sourcesOf(each).map((from) => `${from} ${each.name}`)
    );
    assert.deepEqual(edges.map(({ from, to }) => `${from} ${to}`).sort(), expected.sort());
    for (const { from, to, points } of edges) {
      const [source, target] = [place.get(from), place.get(to)];
      assert.equal(points[0]?.y, (source?.y ?? NaN) + SIZE.nodeHeight);
      assert.equal(points[0]?.x, (source?.x ?? NaN) + SIZE.nodeWidth / 2);
      assert.equal(points.at(-1)?.y, target?.y);
      assert.equal(points.at(-1)?.x, (target?.x ?? NaN) + SIZE.nodeWidth / 2);
    }
  }));
});

Deno.test("layoutGraph() leads a long edge past the stages of the layers that it passes", () => {
  const stages = [stage("a", []), stage("b", ["a"]), stage("c", ["a", "b"])];
  const { nodes, edges } = layoutGraph(stages, SIZE);
  const passed = nodes.find((node) => node.stage.name === "b");
  const long = edges.find(({ from, to }) => from === "a" && to === "c");
  assert.equal(long?.points.length, 4);
  for (const { x } of long?.points.slice(1, 3) ?? []) {
    assert.ok(x < (passed?.x ?? NaN) || x > (passed?.x ?? NaN) + SIZE.nodeWidth);
  }
});

Deno.test("layoutGraph() wraps a wide layer into lines", () => {
  const stages = Array.from({ length: 9 }, (_, i) => stage(`s${i}`, []));
  const { nodes, width } = layoutGraph(stages, SIZE);
  // Four of 100 with gaps of 10 fit into 500.
  assert.deepEqual([...Map.groupBy(nodes, (node) => node.y).values()].map((l) => l.length), [
    4,
    4,
    1,
  ]);
  assert.equal(width, 430);
});

Deno.test("layoutGraph() still draws a damaged record: a cycle, a missing source, nothing at all", () => {
  const cycle = [stage("a", ["b"]), stage("b", ["a", "gone"])];
  assert.equal(layoutGraph(cycle, SIZE).nodes.length, 2);
  assert.deepEqual(layoutGraph([], SIZE).nodes, []);
});

Deno.test("sourcesOf() cuts off the output, also behind a matrix value with a point", () => {
  const inputs = { a: "train[lr=0.1].weights", b: "train[lr=0.1].curves", c: "clips.test" };
  assert.deepEqual(sourcesOf({ ...stage("x", []), inputs }), ["train[lr=0.1]", "clips"]);
});

function stage(name: string, sources: readonly string[]): StageRecord {
  return {
    name,
    uses: "dataset/any",
    key: "",
    state: "ran",
    seconds: 1,
    computeSeconds: 1,
    outputs: {},
    inputs: Object.fromEntries(sources.map((source, i) => [`in${i}`, `${source}.out`])),
    params: {},
    warnings: [],
  };
}
