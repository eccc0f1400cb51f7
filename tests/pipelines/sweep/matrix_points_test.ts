import assert from "node:assert/strict";
import {
  matrixPoints,
  type MatrixValue,
  type Point,
} from "../../../pipelines/sweep/matrix_points.ts";
import { scalarNode } from "../../../pipelines/config/config_node.ts";

function value(text: string): MatrixValue {
  const origin = { source: { file: "x", text: "", kind: "file" as const }, start: 0, end: 0 };
  return { id: JSON.stringify(text), label: text, node: scalarNode(text, origin) };
}

function points(
  variables: Record<string, string[]>,
  include: Record<string, string>[] = [],
  exclude: Record<string, string>[] = [],
): Record<string, string>[] {
  const point = (item: Record<string, string>): Point =>
    new Map(Object.entries(item).map(([name, text]) => [name, value(text)]));
  const found = matrixPoints({
    variables: new Map(Object.entries(variables).map(([name, all]) => [name, all.map(value)])),
    include: include.map(point),
    exclude: exclude.map(point),
  });
  return found.map((each) =>
    Object.fromEntries(Array.from(each, ([name, { label }]) => [name, label]))
  );
}

// https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
Deno.test("matrixPoints() of the example in GitHub's documentation gives the points named there", () => {
  const include = [
    { color: "green" },
    { color: "pink", animal: "cat" },
    { fruit: "apple", shape: "circle" },
    { fruit: "banana" },
    { fruit: "banana", animal: "cat" },
  ];
  assert.deepEqual(points({ fruit: ["apple", "pear"], animal: ["cat", "dog"] }, include), [
    { fruit: "apple", animal: "cat", color: "pink", shape: "circle" },
    { fruit: "apple", animal: "dog", color: "green", shape: "circle" },
    { fruit: "pear", animal: "cat", color: "pink" },
    { fruit: "pear", animal: "dog", color: "green" },
    { fruit: "banana" },
    { fruit: "banana", animal: "cat" },
  ]);
});

Deno.test("matrixPoints() excludes by a part of a point, and include may bring a point back", () => {
  const variables = { os: ["a", "b", "c"], version: ["12", "14", "16"] };
  const exclude = [{ os: "a", version: "12" }, { os: "c" }];
  const kept = points(variables, [], exclude).map(({ os, version }) => `${os}${version}`);
  assert.deepEqual(kept, ["a14", "a16", "b12", "b14", "b16"]);
  const back = points(variables, [{ os: "c", version: "16" }], exclude);
  assert.deepEqual(back.at(-1), { os: "c", version: "16" });
  assert.equal(back.length, 6);
});

Deno.test("matrixPoints() without variables is what include lists", () => {
  const include = [{ site: "a", n: "1" }, { site: "b", n: "2" }];
  assert.deepEqual(points({}, include), include);
  assert.deepEqual(points({}), []);
});

// docs/sweeps.md shows this matrix and says what it gives.
Deno.test("matrixPoints() of the example in docs/sweeps.md gives what the page says", () => {
  const variables = { lr: ["0.1", "0.01"], width: ["32", "64"] };
  const include = [{ lr: "0.01", width: "256" }, { width: "32", note: "small" }];
  assert.deepEqual(points(variables, include, [{ lr: "0.1", width: "64" }]), [
    { lr: "0.1", width: "32", note: "small" },
    { lr: "0.01", width: "32", note: "small" },
    { lr: "0.01", width: "64" },
    { lr: "0.01", width: "256" },
  ]);
});
