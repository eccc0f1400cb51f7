import { createEngine } from "../../engine/create_engine.ts";
import { askedBackend, type OptInBackend } from "./asked_backend.ts";
import { casesFor } from "./backend_exceptions.ts";
import { assertKernels, type KernelCase, type Mode } from "./kernel_suite.ts";

interface Lowering {
  readonly backend?: OptInBackend;
  readonly title: string;
  readonly mode: Mode;
  /** Absent: the block size of this machine's processor. */
  readonly blockSize?: 0;
}

/**
 * Every way a kernel can be lowered on one machine. A block of 8 is not among them on a processor
 * with AVX-512 (nor 16 on another), because ONNX Runtime's own operators decide the layout.
 */
const ordinary: readonly Lowering[] = [
  { title: "compiled for this processor", mode: "compiled" },
  { title: "compiled to portable operators", mode: "compiled", blockSize: 0 },
  { title: "run eagerly", mode: "eager" },
];

const lowerings: readonly Lowering[] = askedBackend
  ? [{ backend: askedBackend, title: `on ${askedBackend}`, mode: "compiled" }]
  : ordinary;

/** Registers the tests of one family of kernels, one for each lowering. */
export function testKernels(family: string, cases: readonly KernelCase[]): void {
  for (const { title, mode, backend = "onnx", ...forced } of lowerings) {
    Deno.test(`${family} kernels, ${title}, equal the cpu backend's`, async () => {
      const engine = await createEngine({ backend, threads: 2, isCpuEnough: true, ...forced });
      await assertKernels(engine, mode, backend === "onnx" ? cases : casesFor(backend, cases));
      engine.dispose();
    });
  }
}
