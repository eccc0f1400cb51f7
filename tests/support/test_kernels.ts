import { createEngine } from "../../engine/create_engine.ts";
import { assertKernels, type KernelCase, type Mode } from "./kernel_suite.ts";

/** Registers the tests of one family of kernels: compiled and eager. */
export function testKernels(family: string, cases: readonly KernelCase[]): void {
  for (const mode of ["compiled", "eager"] satisfies Mode[]) {
    Deno.test(`${family} kernels, ${mode}, equal the cpu backend's`, async () => {
      const engine = await createEngine({ backend: "onnx", threads: 2 });
      await assertKernels(engine, mode, cases);
      engine.dispose();
    });
  }
}
