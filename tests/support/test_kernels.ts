import { createEngine } from "../../engine/create_engine.ts";
import { assertKernels, type KernelCase, type Mode } from "./kernel_suite.ts";

interface Lowering {
  readonly title: string;
  readonly mode: Mode;
  /** Absent: the block size of this machine's processor. */
  readonly blockSize?: 0;
}

/**
 * Every way a kernel can be lowered on one machine. A block of 8 is not among them on a processor
 * with AVX-512 (nor 16 on another), because ONNX Runtime's own operators decide the layout.
 */
const lowerings: readonly Lowering[] = [
  { title: "compiled for this processor", mode: "compiled" },
  { title: "compiled to portable operators", mode: "compiled", blockSize: 0 },
  { title: "run eagerly", mode: "eager" },
];

/** Registers the tests of one family of kernels, one for each lowering. */
export function testKernels(family: string, cases: readonly KernelCase[]): void {
  for (const { title, mode, ...forced } of lowerings) {
    Deno.test(`${family} kernels, ${title}, equal the cpu backend's`, async () => {
      const engine = await createEngine({ backend: "onnx", threads: 2, ...forced });
      await assertKernels(engine, mode, cases);
      engine.dispose();
    });
  }
}
