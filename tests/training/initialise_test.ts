import assert from "node:assert/strict";
import type { Initializer, ParameterSpecs } from "../../models/parameters.ts";
import { initialise } from "../../training/initialise.ts";

const specs: ParameterSpecs = {
  "conv.kernel": { shape: [3, 3, 8, 64], init: { kind: "normal", std: 0.5 } },
  "conv.bias": { shape: [4000], init: { kind: "uniform", bound: 0.25 } },
  "norm.scale": { shape: [2], init: { kind: "ones" } },
  "norm.offset": { shape: [2], init: { kind: "zeros" } },
  "gate.bias": { shape: [2, 1], init: { kind: "constant", value: -1.5 } },
};

Deno.test("initialise() follows each spec's shape and distribution", () => {
  const arrays = initialise(specs, 417n);
  assert.deepEqual(Object.keys(arrays), Object.keys(specs));
  assert.deepEqual([...arrays["norm.scale"]!.data], [1, 1]);
  assert.deepEqual([...arrays["norm.offset"]!.data], [0, 0]);
  assert.deepEqual([...arrays["gate.bias"]!.data], [-1.5, -1.5]);
  assert.deepEqual(arrays["gate.bias"]!.shape, [2, 1]);
  const kernel = arrays["conv.kernel"]!.data;
  const std = Math.sqrt(kernel.reduce((sum, x) => sum + x * x, 0) / kernel.length);
  // 4608 normals: the standard error of their std is std / sqrt(2 n) = 0.0052; five of them.
  assert.ok(Math.abs(std - 0.5) < 0.026, `std ${std}`);
  const bias = arrays["conv.bias"]!.data;
  assert.ok(bias.every((x) => Math.abs(x) <= 0.25));
  assert.ok(Math.max(...bias) > 0.24 && Math.min(...bias) < -0.24);
});

Deno.test("initialise() gives a parameter the same numbers whatever stands beside it", () => {
  const reversed = Object.fromEntries(Object.entries(specs).reverse());
  const alone = { "conv.bias": specs["conv.bias"]! };
  const expected = initialise(specs, 417n)["conv.bias"]!.data;
  assert.deepEqual(initialise(reversed, 417n)["conv.bias"]!.data, expected);
  assert.deepEqual(initialise(alone, 417n)["conv.bias"]!.data, expected);
});

Deno.test("initialise() differs between seeds and between names", () => {
  const spec = { shape: [8], init: { kind: "normal", std: 1 } } as const;
  const first = initialise({ a: spec, b: spec }, 1n);
  assert.notDeepEqual(first["a"]!.data, first["b"]!.data);
  assert.notDeepEqual(first["a"]!.data, initialise({ a: spec }, 2n)["a"]!.data);
});

Deno.test("initialise() names a parameter whose size is not positive", () => {
  assert.throws(
    () => initialise({ w: { shape: [2, 0], init: { kind: "zeros" } } }, 1n),
    /Cannot initialise parameter "w": sizes must be positive integers, got \[2,0\]/,
  );
});

Deno.test("initialise() moves normals to their mean, and leaves them at 0 where none is given", () => {
  const draw = (init: Initializer) => initialise({ w: { shape: [1000], init } }, 7n).w!.data;
  const around1 = draw({ kind: "normal", std: 0.02, mean: 1 });
  const around0 = draw({ kind: "normal", std: 0.02 });
  // Float32 keeps seven digits of numbers near 1.
  around0.forEach((value, i) => assert.ok(Math.abs(around1[i]! - 1 - value) < 2e-7));
});

Deno.test("initialise() fills the parts of a vector, and refuses parts that do not divide it", () => {
  const init = { kind: "parts", values: [0, 2, 5] } as const;
  const { gates } = initialise({ gates: { shape: [6], init } }, 1n);
  assert.deepEqual([...gates!.data], [0, 0, 2, 2, 5, 5]);
  assert.throws(
    () => initialise({ gates: { shape: [4], init } }, 1n),
    /"gates": its 4 values do not divide into 3 parts/,
  );
});
