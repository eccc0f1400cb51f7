import assert from "node:assert/strict";
import type { PipelineConfig } from "../../../pipelines/config/config.ts";
import { plainValue } from "../../../pipelines/config/config_node.ts";
import { ConfigError, formatDiagnostic } from "../../../pipelines/config/diagnostic.ts";
import { PointChoiceError } from "../../../pipelines/sweep/choose_points.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { resolvedConfigText } from "../../../pipelines/config/resolved_config.ts";
import { complaintsOf, configOf } from "../../support/parse_text.ts";
import { withFolder } from "../../support/tiny_run.ts";
import { tinyStages } from "../../support/tiny_stages.ts";

const sweep = `
seed: 5
params: { rate: "\${matrix.lr}" }
matrix: { lr: [0.1, 0.001], seed: [1, 2] }
stages:
  data: { uses: dataset/x }
  model:
    uses: train/x
    seed: "\${matrix.seed}"
    with: { rate: "\${params.rate}", note: "lr \${matrix.lr}" }
    inputs: { clips: data.train }
  blind: { uses: train/y, with: { rate: "\${matrix.lr}" } }
  scores: { uses: evaluate/x, inputs: { model: model.weights, other: blind.weights, clips: data.test } }
`;

function names(config: PipelineConfig): string[] {
  return [...config.stages.keys()];
}

function inputsOf(config: PipelineConfig, stage: string): string[] {
  return [...config.stages.get(stage)?.inputs.values() ?? []].map(({ from }) => from);
}

/** Diagnostics as a person sees them. */
function problems(text: string): string {
  try {
    configOf(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics.map(formatDiagnostic).join("\n");
    throw error;
  }
  return "";
}

Deno.test("expandMatrix() expands what a variable reaches, and keeps the rest single", () => {
  const config = configOf(sweep);
  assert.deepEqual(names(config), [
    "data",
    "model@lr=0.1,seed=1",
    "model@lr=0.1,seed=2",
    "model@lr=0.001,seed=1",
    "model@lr=0.001,seed=2",
    "blind@lr=0.1",
    "blind@lr=0.001",
    "scores@lr=0.1,seed=1",
    "scores@lr=0.1,seed=2",
    "scores@lr=0.001,seed=1",
    "scores@lr=0.001,seed=2",
  ]);
  const model = config.stages.get("model@lr=0.001,seed=2");
  assert.deepEqual(model?.point, { lr: 0.001, seed: 2 });
  assert.equal(model?.seed?.value, 2);
  assert.deepEqual(model && plainValue(model.with), { rate: 0.001, note: "lr 0.001" });
  assert.deepEqual(inputsOf(config, "scores@lr=0.001,seed=2"), [
    "model@lr=0.001,seed=2.weights",
    "blind@lr=0.001.weights",
    "data.test",
  ]);
  assert.equal(config.seed, 5);
});

Deno.test("expandMatrix() of a swept seed of the run reaches every stage without a seed of its own", () => {
  const config = configOf(
    'seed: "${matrix.seed}"\nmatrix: {seed: [3, 4]}\nstages: {a: {uses: x}, b: {uses: x, seed: 7}}',
  );
  assert.deepEqual(names(config), ["a@seed=3", "a@seed=4", "b"]);
  assert.deepEqual([...config.stages.values()].map(({ seed }) => seed?.value), [3, 4, 7]);
  assert.equal(config.seed, 3);
});

Deno.test("expandMatrix() names values as they are where that is safe, others by their place", () => {
  const config = configOf(
    'matrix: {v: [1e-7, true, null, Adam, adam, "a/b", [1, 2], {k: 3}, "1e-7"]}\n' +
      'stages: {s: {uses: x, with: {v: "${matrix.v}"}}}',
  );
  const labels = names(config).map((name) => name.slice("s@v=".length));
  assert.deepEqual(labels, ["1e-7", "true", "null", "Adam", "v4", "v5", "v6", "v7", "v8"]);
  assert.deepEqual(config.stages.get("s@v=v7")?.point, { v: { k: 3 } });
  const part = configOf(
    'matrix: {size: [{w: 8, h: 9}]}\nstages: {s: {uses: x, with: {v: "${matrix.size.h}"}}}',
  );
  const own = part.stages.get("s@size=size0");
  assert.deepEqual(own && plainValue(own.with), { v: 9 });
});

Deno.test("expandMatrix() keeps names short enough for a file", () => {
  const variables = Array.from({ length: 12 }, (_, i) => `variable_number_${i}: [some-long-value]`);
  const uses = variables.map((_, i) => `v${i}: "\${matrix.variable_number_${i}}"`);
  const text = `matrix: {${variables.join()}}\nstages: {s: {uses: x, with: {${uses.join()}}}}`;
  const [name = ""] = names(configOf(text));
  assert.equal(name.length, 2 + 120);
  assert.match(name, /^s@variable_number_0=some-long-value,.*~[0-9a-f]{8}$/);
});

Deno.test("expandMatrix() crosses a stage's own matrix with those it reads from", () => {
  const config = configOf(`
stages:
  a: { uses: x, matrix: { n: [1, 2], exclude: [{ n: 2 }], include: [{ n: 7 }] }, with: { n: "\${matrix.n}" } }
  b: { uses: x, matrix: { m: [p, q] }, with: { m: "\${matrix.m}", n: "\${matrix.n}" }, inputs: { i: a.o } }
  c: { uses: x, inputs: { i: b.o } }
`);
  assert.deepEqual(names(config), [
    ...["a@n=1", "a@n=7", "b@n=1,m=p", "b@n=1,m=q", "b@n=7,m=p", "b@n=7,m=q"],
    ...["c@n=1,m=p", "c@n=1,m=q", "c@n=7,m=p", "c@n=7,m=q"],
  ]);
  assert.deepEqual(inputsOf(config, "b@n=7,m=q"), ["a@n=7.o"]);
});

Deno.test("expandMatrix() lets a variable choose the input, and an input name one point", () => {
  const config = configOf(`
matrix: { from: [a, b], lr: [0.5, 0.25] }
stages:
  a: { uses: x }
  b: { uses: x, with: { lr: "\${matrix.lr}" } }
  c: { uses: x, inputs: { i: "\${matrix.from}.o" } }
  best: { uses: x, inputs: { i: "b@lr=0.25.o" } }
`);
  assert.deepEqual(inputsOf(config, "c@from=a,lr=0.5"), ["a.o"]);
  assert.deepEqual(inputsOf(config, "c@from=b,lr=0.25"), ["b@lr=0.25.o"]);
  assert.deepEqual(inputsOf(config, "best"), ["b@lr=0.25.o"]);
});

Deno.test("--set reaches values of the matrix, and through a stage's name all of its points", () => {
  const set = ["matrix.lr=[0.3]", "model.with.extra=1"];
  const config = configOf(sweep, { set });
  assert.deepEqual(names(config).filter((name) => name.startsWith("model")), [
    "model@lr=0.3,seed=1",
    "model@lr=0.3,seed=2",
  ]);
  for (const stage of config.stages.values()) {
    if (!stage.name.startsWith("model")) continue;
    assert.deepEqual(plainValue(stage.with), { rate: 0.3, note: "lr 0.3", extra: 1 });
  }
  const complaints = complaintsOf(() => configOf(sweep, { set: ["matrix.lrr=[1]"] }));
  assert.deepEqual(complaints, ['1:8 Unknown variable "lrr"']);
});

Deno.test("profiles change a matrix", () => {
  const text = `${sweep}profiles: { quick: { matrix: { seed: [9] } } }\n`;
  const config = configOf(text, { profiles: ["quick"] });
  assert.deepEqual(names(config).slice(1, 3), ["model@lr=0.1,seed=9", "model@lr=0.001,seed=9"]);
});

Deno.test("--point keeps a part of a sweep; values of one variable add up", () => {
  const chosen = (...points: string[]) =>
    names(configOf(sweep, { points })).filter((name) => name.startsWith("model"));
  assert.deepEqual(chosen("lr=1e-3"), ["model@lr=0.001,seed=1", "model@lr=0.001,seed=2"]);
  assert.deepEqual(chosen("lr=0.001", "seed=2"), ["model@lr=0.001,seed=2"]);
  assert.equal(chosen("lr=0.001", "lr=0.1").length, 4);
  const refused = (...points: string[]) => {
    assert.throws(() => configOf(sweep, { points }), PointChoiceError);
    try {
      configOf(sweep, { points });
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  assert.match(refused("sede=1") ?? "", /unknown variable "sede". Did you mean "seed"\?/);
  assert.match(refused("lr=3") ?? "", /those of "lr" are 0.1, 0.001/);
  assert.match(refused("lr") ?? "", /must look like lr=value/);
  const single = () => configOf("stages: {a: {uses: x}}", { points: ["lr=1"] });
  assert.throws(single, /The config has no matrix/);
});

Deno.test("expandMatrix() names everything that is wrong with a matrix, at its place", () => {
  const complaints = (text: string) => complaintsOf(() => configOf(text));
  const stage = 'stages: {a: {uses: x, with: {q: "${matrix.lr}"}}}';
  assert.deepEqual(complaints(`matrix: {lr: 3, b: [], c: [1, 2, 1.0]}\n${stage}`), [
    '1:14 Variable "lr" must be a list of values, but is 3',
    '1:20 Variable "b" must have at least one value',
    '1:34 Variable "c" has the value 1 twice',
  ]);
  assert.deepEqual(complaints(`matrix: [1]\n${stage}`), [
    '1:9 "matrix" must be a map of variables, but is a list',
  ]);
  assert.deepEqual(complaints(`matrix: {lr: [1], exclude: [{rl: 1}, {}], include: 3}\n${stage}`), [
    '1:30 Unknown variable "rl" in "exclude" of "matrix"',
    '1:38 "exclude" of "matrix" must be a list of maps, but has an empty map in it',
    '1:52 "include" of "matrix" must be a list of maps, but is 3',
  ]);
  assert.deepEqual(complaints(`matrix: {lr: [1], exclude: [{lr: 1}]}\n${stage}`), [
    '1:1 "matrix" must have a point, but "exclude" leaves no point of it',
  ]);
  assert.match(
    complaints(`matrix: {lr: [1], "a b": [2]}\n${stage}`).join(),
    /^1:19 A variable's name must be letters, digits, "_" or "-" .* but is "a b"$/,
  );
  assert.deepEqual(complaints(`matrix: {lr: [1], rate: [3]}\n${stage}`), [
    '1:19 Variable "rate" is not used: no stage has "${matrix.rate}"',
  ]);
  assert.deepEqual(complaints(`matrix: {lr: ["\${matrix.lr}"]}\n${stage}`), [
    '1:16 Unknown variable "lr": no matrix can be used here',
  ]);
  assert.deepEqual(complaints(`name: "x-\${matrix.lr}"\nmatrix: {lr: [1]}\n${stage}`), [
    '1:7 "name" must not use "${matrix.lr}": it is one for the whole sweep',
  ]);
  assert.deepEqual(complaints(stage), ['1:34 Unknown variable "lr": no matrix can be used here']);
  assert.match(
    problems(`matrix: {rate: [1]}\nstages: {a: {uses: x, with: {q: "\${matrix.rat}"}}}`),
    /Unknown variable "rat"\n.*\n.*\n {2}Did you mean "rate"\?/,
  );
});

Deno.test("expandMatrix() refuses variables of a stage that another does not read from", () => {
  const text = `stages:
  a: { uses: x, matrix: { n: [1] }, with: { n: "\${matrix.n}" } }
  b: { uses: x, with: { n: "\${matrix.n}" } }
  c: { uses: x, matrix: { n: [2] }, with: { n: "\${matrix.n}" } }
`;
  assert.match(problems(text), /x.yaml:4:27 Variable "n" is in two matrices/);
  const two = text.split("\n").slice(0, 3).join("\n");
  assert.match(problems(two), /x.yaml:3:28 Stage "b" cannot use .* which "b" does not read from/);
});

Deno.test("expandMatrix() names the point that lacks a variable", () => {
  const text = `matrix: { fruit: [apple, pear], include: [{ fruit: apple, shape: circle }] }
stages:
  a: { uses: x, with: { f: "\${matrix.fruit}", s: "\${matrix.shape}" } }
`;
  assert.match(
    problems(text),
    /x.yaml:3:3 Stage "a" needs "\$\{matrix.shape\}", which point fruit=pear does not have/,
  );
});

Deno.test("a value of a matrix that a stage refuses is named at its place, with its point", async () => {
  const config = configOf(`matrix: { by: [2, "two"], seed: [1, 2, 3] }
stages:
  n: { uses: tiny/numbers, seed: "\${matrix.seed}" }
  s: { uses: tiny/scale, with: { by: "\${matrix.by}" }, inputs: { curve: n.curve } }
`);
  await assert.rejects(planPipeline(config, tinyStages), (error) => {
    assert.ok(error instanceof ConfigError);
    const [only, ...rest] = error.diagnostics;
    assert.deepEqual(rest, []);
    assert.equal(
      only && formatDiagnostic(only),
      `x.yaml:1:19 Cannot plan stage "s@by=two,seed=1": with.by must be a number, but is "two"
    matrix: { by: [2, "two"], seed: [1, 2, 3] }
                      ~~~~~
  It is used at x.yaml:4:38 (the same at 2 more points)`,
    );
    return true;
  });
});

Deno.test("the resolved config of a sweep is a config that plans the same", async () => {
  const text = `seed: "\${matrix.seed}"
matrix: { by: [2, 0.5], seed: [1, 2] }
stages:
  n: { uses: tiny/numbers }
  s: { uses: tiny/scale, with: { note: "\${matrix.by}-" }, inputs: { curve: n.curve } }
`;
  const plan = await planPipeline(configOf(text), tinyStages);
  const resolved = resolvedConfigText(plan);
  const again = await planPipeline(configOf(resolved), tinyStages);
  assert.equal(resolvedConfigText(again), resolved);
  const facts = ({ stages }: typeof plan) =>
    stages.map(({ name, seed, config, inputs }) => [name, seed, config.point, [...inputs.keys()]]);
  assert.deepEqual(facts(again), facts(plan));
  assert.equal(plan.stages.length, 2 + 4);
});

Deno.test("a stage's name has a point only where it says so", () => {
  const complaint = (stage: string) => complaintsOf(() => configOf(`stages: {${stage}}`)).join();
  assert.match(complaint("a@n=1: {uses: x}"), /A stage's name must be a-z/);
  assert.match(
    complaint("a: {uses: x, point: {n: 1}}"),
    /must be called like stage@variable=value/,
  );
  assert.match(complaint("a@../n: {uses: x, point: {n: 1}}"), /must be called like/);
  assert.equal(complaint("a@n=1: {uses: x, point: {n: 1}}"), "");
});

Deno.test("a sweep has limits, and a small file cannot pass them", () => {
  const list = (count: number) => JSON.stringify(Array.from({ length: count }, (_, i) => i));
  const use = '"${matrix.a} ${matrix.b}"';
  const start = performance.now();
  const big = `matrix: {a: ${list(100)}, b: ${
    list(11)
  }}\nstages: {s: {uses: x, with: {v: ${use}}}}`;
  assert.match(problems(big), /1:1 "matrix" must have at most 1000 points, but has 1100/);
  const crossed = `stages:
  s: { uses: x, matrix: {a: ${list(40)}}, with: {v: "\${matrix.a}"} }
  t: { uses: x, matrix: {b: ${list(40)}}, with: {v: "\${matrix.b}"}, inputs: { i: s.o } }`;
  assert.match(problems(crossed), /3:3 Stage "t" must have at most 1000 points, but has 1600/);
  // A thousand times a thousand times a thousand points are counted, not listed.
  const own = (name: string) =>
    `  ${name}: { uses: x, matrix: {m${name}: ${list(1000)}}, with: {v: "\${matrix.m${name}}"} }`;
  const cube = `stages:\n${own("a")}\n${own("b")}\n${own("c")}\n` +
    "  d: { uses: x, inputs: { i: a.o, j: b.o, k: c.o } }";
  assert.match(problems(cube), /5:3 Stage "d" must have at most 1000 points, but has 1000000000/);
  const many = Array.from({ length: 101 }, (_, i) => `s${i}: {uses: x, with: {v: "\${matrix.a}"}}`);
  const wide = `matrix: {a: ${list(1000)}}\nstages: {${many.join()}}`;
  assert.match(problems(wide), /A sweep may have at most 100000 stages, all points counted/);
  const long = Array.from({ length: 9000 }, () => '"${matrix.a}"').join();
  const deep = `params: {p: [${long}]}\nmatrix: {a: ${list(1000)}}\n` +
    'stages: {s: {uses: x, with: {v: "${params.p}"}}}';
  assert.match(problems(deep), /A sweep may have at most 1000000 values in its stages/);
  // Under a second together on an idle core; listing all of them would take hours.
  assert.ok(performance.now() - start < 30_000);
});

Deno.test("a matrix comes from a base and is changed by the config that extends it", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/base.yaml`,
      'matrix: { by: [2, two], seed: [1] }\nstages:\n  n: { uses: tiny/numbers, seed: "${matrix.seed}" }\n' +
        '  s: { uses: tiny/scale, with: { by: "${matrix.by}" }, inputs: { curve: n.curve } }\n',
    );
    await Deno.writeTextFile(
      `${folder}/own.yaml`,
      "extends: base.yaml\nmatrix: { seed: [5, 6] }\nstages: { n: { with: { count: 3 } } }\n",
    );
    const config = await parseConfig("own.yaml", { folder });
    assert.deepEqual(names(config).slice(0, 4), [
      "n@seed=5",
      "n@seed=6",
      "s@by=2,seed=5",
      "s@by=2,seed=6",
    ]);
    // The value is in the other file, and that is where the error points.
    await assert.rejects(
      planPipeline(config, tinyStages),
      /^ConfigError: base.yaml:1:19 Cannot plan/,
    );
  });
});
