import assert from "node:assert/strict";
import fc from "fast-check";
import { orderStages } from "../../../pipelines/plan/order_stages.ts";

function order(needs: Readonly<Record<string, readonly string[]>>) {
  return orderStages(Object.keys(needs), (name) => needs[name] ?? []);
}

Deno.test("orderStages() keeps an order that is right already", () => {
  assert.deepEqual(order({ a: [], b: ["a"], c: [], d: ["b", "c"] }).order, ["a", "b", "c", "d"]);
});

Deno.test("orderStages() puts needs first", () => {
  assert.deepEqual(order({ d: ["b", "c"], c: ["a"], b: [], a: [] }).order, ["b", "a", "c", "d"]);
});

Deno.test("orderStages() names the stages along each circle", () => {
  const { cycles } = order({ a: ["b"], b: ["c"], c: ["b", "a"], d: ["d"], e: [] });
  assert.deepEqual(cycles, [["b", "c"], ["a", "b", "c"], ["d"]]);
});

Deno.test("orderStages() follows a chain of 100,000 without running out of stack", () => {
  const names = Array.from({ length: 100_000 }, (_, i) => `s${i}`);
  const { order } = orderStages(names, (name) => {
    const next = Number(name.slice(1)) + 1;
    return next < names.length ? [`s${next}`] : [];
  });
  assert.equal(order[0], "s99999");
  assert.equal(order.length, names.length);
});

Deno.test("orderStages() of a random graph without circles puts every need before its user", () => {
  const graph = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 30 });
  fc.assert(fc.property(graph, fc.array(fc.nat(), { maxLength: 30 }), (edges, shuffle) => {
    // Stage i needs only stages below i; the config lists them in any order.
    const needs = new Map(
      edges.map((list, i) => [`s${i}`, i === 0 ? [] : list.map((n) => `s${n % i}`)]),
    );
    const names = [...needs.keys()].sort((a, b) =>
      (shuffle[Number(a.slice(1))] ?? 0) - (shuffle[Number(b.slice(1))] ?? 0)
    );
    const { order, cycles } = orderStages(names, (name) => needs.get(name) ?? []);
    assert.deepEqual(cycles, []);
    assert.deepEqual([...order].sort(), [...names].sort());
    for (const [name, list] of needs) {
      for (const need of list) assert(order.indexOf(need) < order.indexOf(name));
    }
  }));
});
