import assert from "node:assert/strict";
import { createEngine } from "../../../engine/create_engine.ts";
import { cpuFeatures, featuresIn } from "../../../engine/onnx/cpu_features.ts";

Deno.test("featuresIn() reads the flags of the first processor, on x64 and on ARM", () => {
  const x64 = "processor\t: 0\nflags\t\t: fpu sse2 fma avx512f avx2 rdrand\n\nflags\t\t: none\n";
  assert.deepEqual(featuresIn(x64), ["avx2", "avx512f", "fma"]);
  assert.deepEqual(featuresIn("Features\t: fp asimd aes sve\n"), ["asimd", "sve"]);
  assert.equal(featuresIn("hello"), undefined);
});

Deno.test("cpuFeatures() and the probed block agree about AVX-512", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const { blockSize, cpuFeatures: features = [] } = engine.info;
  engine.dispose();
  if (Deno.build.arch === "x86_64") assert.equal(features.includes("avx512f"), blockSize === 16);
  assert.deepEqual(cpuFeatures(blockSize), features);
});

Deno.test("engine.info states backend, version of the library, threads and layout", async () => {
  for (const threads of [1, 2]) {
    const engine = await createEngine({ backend: "onnx", threads });
    const { info } = engine;
    assert.equal(info.backend, "onnx");
    assert.match(info.version, /^onnxruntime \d+\.\d+\.\d+$/);
    assert.equal(info.threads, threads);
    assert.ok([0, 8, 16].includes(info.blockSize));
    engine.dispose();
  }
  const all = await createEngine({ backend: "onnx", threads: 0 });
  assert.equal(all.info.threads, navigator.hardwareConcurrency);
  all.dispose();
});
