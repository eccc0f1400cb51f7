import assert from "node:assert/strict";
import { nodeAt, plainValue } from "../../../pipelines/config/config_node.ts";
import { limits } from "../../../pipelines/config/limits.ts";
import { describeOrigin } from "../../../pipelines/config/source.ts";
import { complaintsOf, configOf } from "../../support/parse_text.ts";

/** `with` of the only stage, given the params and its text. */
function resolve(params: string, parameters: string): unknown {
  const config = configOf(`params: ${params}\nstages: {s: {uses: x, with: ${parameters}}}`);
  const stage = config.stages.get("s");
  return stage && plainValue(stage.with);
}

function complaints(params: string, parameters: string): string[] {
  return complaintsOf(() => resolve(params, parameters));
}

Deno.test("interpolate() of a whole value keeps its type", () => {
  const params = "{n: 3, t: true, z: null, l: [1, 2], m: {k: v}}";
  const parameters =
    '{a: "${params.n}", b: "${params.t}", c: "${params.z}", d: "${ params.l }", e: "${params.m.k}", f: "${params.m}"}';
  assert.deepEqual(resolve(params, parameters), {
    a: 3,
    b: true,
    c: null,
    d: [1, 2],
    e: "v",
    f: { k: "v" },
  });
});

Deno.test("interpolate() inside text writes the value out", () => {
  const parameters =
    '["a${params.n}b${params.s}", "$${params.n}", "$5 {x}", "${params.n}${params.n}"]';
  assert.deepEqual(resolve("{n: 3, s: x}", `{v: ${parameters}}`), {
    v: ["a3bx", "${params.n}", "$5 {x}", "33"],
  });
});

Deno.test("interpolate() lets parameters refer to one another, whatever their order", () => {
  const params = '{a: "${params.b}", b: {c: "${params.d}", e: "${params.b.f}", f: 2}, d: 1}';
  assert.deepEqual(resolve(params, '{v: "${params.a}"}'), { v: { c: 1, e: 2, f: 2 } });
});

Deno.test("interpolate() points at where the value is written, and remembers where it is used", () => {
  const config = configOf('params:\n  n: 3\nstages: {s: {uses: x, with: {a: "${params.n}"}}}');
  const stage = config.stages.get("s");
  const node = stage && nodeAt(stage.with, ["a"]);
  assert.equal(node && describeOrigin(node.origin), "x.yaml:2:6");
  assert.equal(node?.usedAt && describeOrigin(node.usedAt), "x.yaml:3:33");
});

Deno.test("interpolate() names what it cannot replace, at its place in the text", () => {
  assert.deepEqual(complaints("{size: 1}", '{v: "a ${params.sise}"}'), [
    '2:36 Unknown parameter "sise"',
  ]);
  assert.deepEqual(complaints("{size: 1}", '{v: "${env.HOME}"}'), [
    '2:34 Only parameters can be interpolated, as in "${params.name}", but not "${env.HOME}"',
  ]);
  assert.deepEqual(complaints("{size: 1}", '{v: "x${params.size"}'), [
    '2:35 Interpolation must end with "}"',
  ]);
  assert.deepEqual(complaints("{l: [1]}", '{v: "x${params.l}"}'), [
    '2:35 "${params.l}" inside text must be a scalar, but is a list',
  ]);
});

Deno.test("interpolate() finds circles", () => {
  assert.match(
    complaints('{a: "${params.b}", b: "${params.a}"}', "{}").join(),
    /Parameters refer to each other in a circle: params.b -> params.a -> params.b/,
  );
  assert.match(complaints('{a: "x${params.a}"}', "{}").join(), /circle: params.a -> params.a/);
  assert.match(complaints('{a: {b: "${params.a}"}}', '{v: "${params.a.b}"}').join(), /circle/);
});

Deno.test("interpolate() follows at most 16 steps", () => {
  const chain = (length: number) =>
    `{${
      Array.from({ length }, (_, i) => `p${i}: "\${params.p${i + 1}}"`).join(", ")
    }, p${length}: 1}`;
  assert.deepEqual(complaints(chain(15), '{v: "${params.p0}"}'), []);
  assert.match(complaints(chain(40), '{v: "${params.p0}"}').join(), /at most 16 steps/);
});

Deno.test("interpolate() does not let doubling grow beyond the limits", () => {
  const doubling = (write: (name: string) => string, start: string) => {
    const lines = Array.from({ length: 15 }, (_, i) => `p${i}: ${write(`\${params.p${i + 1}}`)}`);
    return `{${lines.join(", ")}, p15: ${start}}`;
  };
  const text = doubling((name) => `"${name.repeat(8)}"`, "abcdefgh");
  assert.match(complaints(text, "{}").join(), /at most 65536 characters/);
  const lists = doubling((name) => `[${Array(8).fill(`"${name}"`).join(", ")}]`, "1");
  assert.match(complaints(lists, "{}").join(), new RegExp(`at most ${limits.nodes} values`));
});
