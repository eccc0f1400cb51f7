/** Every kernel on random shapes and attributes, on a backend that was asked for. */

import fc from "fast-check";
import { createEngine } from "../../../engine/create_engine.ts";
import { askedBackend } from "../../support/asked_backend.ts";
import { casesFor } from "../../support/backend_exceptions.ts";
import { elementwise } from "../../support/contracts/elementwise.ts";
import { products } from "../../support/contracts/products.ts";
import { reductions } from "../../support/contracts/reductions.ts";
import { shapes } from "../../support/contracts/shapes.ts";
import { windowed } from "../../support/contracts/windows.ts";
import { assertKernels, type KernelCase } from "../../support/kernel_suite.ts";

const families = { elementwise, products, reductions, shapes, windowed };

const runs = Number(Deno.env.get("CONTRACT_RUNS") ?? 3);
const seed = Number(Deno.env.get("CONTRACT_SEED") ?? 417);

for (const [family, contracts] of Object.entries(families)) {
  Deno.test({
    name: `random ${family} kernels on ${askedBackend ?? "an asked backend"} keep the contract`,
    ignore: askedBackend === undefined, // Needs what not every machine has.
    async fn() {
      const engine = await createEngine({ backend: askedBackend!, threads: 2, isCpuEnough: true });
      const cases = Object.values(contracts).flatMap((arbitrary): KernelCase[] =>
        fc.sample(arbitrary, { seed, numRuns: runs })
      );
      await assertKernels(engine, "compiled", casesFor(askedBackend!, cases));
      engine.dispose();
    },
  });
}
