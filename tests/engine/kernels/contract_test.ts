/** Every kernel of the backend on random shapes and attributes, in every lowering. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { createEngine } from "../../../engine/create_engine.ts";
import { kernels } from "../../../engine/onnx/kernels/mod.ts";
import type { Contracts } from "../../support/contracts/contract.ts";
import { elementwise } from "../../support/contracts/elementwise.ts";
import { products } from "../../support/contracts/products.ts";
import { reductions } from "../../support/contracts/reductions.ts";
import { shapes } from "../../support/contracts/shapes.ts";
import { windowed } from "../../support/contracts/windows.ts";
import { evaluatedFailure } from "../../support/evaluator/evaluated_case.ts";
import { assertKernels, type KernelCase } from "../../support/kernel_suite.ts";

const families: Readonly<Record<string, Contracts>> = {
  elementwise,
  products,
  reductions,
  shapes,
  windowed,
};

/**
 * 340 units of float32 rounding: operands may come from a convolution and a sigmoid, and what is
 * found may be small beside what it is made of. A wrong index or term changes results by 1e-3.
 */
const tolerance = 2e-5;

/** Cases of each operator; more by hand: CONTRACT_RUNS=500 deno test ... */
const runs = Number(Deno.env.get("CONTRACT_RUNS") ?? 6);
const seed = Number(Deno.env.get("CONTRACT_SEED") ?? 417);

const asked = countLowerings();

for (const [family, contracts] of Object.entries(families)) {
  const cases = Object.values(contracts).flatMap((arbitrary): KernelCase[] =>
    fc.sample(arbitrary, { seed, numRuns: runs }).map((one) => ({ tolerance, ...one }))
  );
  for (const blockSize of [undefined, 0] as const) {
    const title = blockSize === 0 ? "portable operators" : "this processor";
    Deno.test(`random ${family} kernels, for ${title}, keep the contract`, async () => {
      const forced = blockSize === undefined ? {} : { blockSize };
      const engine = await createEngine({
        backend: "onnx",
        threads: 1,
        isVerified: true,
        ...forced,
      });
      await assertKernels(engine, "compiled", cases);
      engine.dispose();
    });
  }

  Deno.test(`random ${family} kernels, in blocks of 8, keep the contract and have true slopes`, async () => {
    const engine = await createEngine({ backend: "onnx", threads: 1 });
    const failures: string[] = [];
    for (const kernelCase of cases) {
      const failure = await evaluatedFailure(kernelCase, 8);
      if (failure !== null) failures.push(failure);
    }
    engine.dispose();
    assert.equal(failures.length, 0, failures.join("\n"));
  });
}

Deno.test("every kernel of the backend has been under contract", () => {
  const missed = kernels.filter(({ name }) => !asked.has(name)).map(({ name }) => name);
  assert.deepEqual(missed, []);
});

/** Names of the kernels that have been lowered since. */
function countLowerings(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const kernel of kernels) {
    const { lower } = kernel;
    Object.assign(kernel, {
      lower(...args: Parameters<typeof lower>) {
        names.add(kernel.name);
        return lower.apply(kernel, args);
      },
    });
  }
  return names;
}
