import assert from "node:assert/strict";
import { decodeSafetensors, encodeSafetensors } from "../../artifacts/safetensors.ts";
import { readSafetensors, writeSafetensors } from "../../artifacts/safetensors_file.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

Deno.test("decodeSafetensors() undoes encodeSafetensors(), bit for bit", () => {
  const arrays = {
    "b.kernel": { shape: [2, 1], data: Float32Array.of(-0, NaN) },
    a: { shape: [], data: Float32Array.of(1e-45) },
    __proto_: { shape: [1], data: Float32Array.of(-Infinity) },
  };
  const decoded = decodeSafetensors(encodeSafetensors(arrays));
  assert.deepEqual(decoded, arrays);
  assert.ok(Object.is(decoded["b.kernel"]!.data[0], -0));
});

Deno.test("encodeSafetensors() gives equal bytes for equal arrays, of a view and in any order", () => {
  const shared = Float32Array.of(9, 1, 2, 9);
  const x = { shape: [2], data: shared.subarray(1, 3) };
  const y = { shape: [1], data: Float32Array.of(3) };
  const copied = { shape: [2], data: Float32Array.of(1, 2) };
  assert.deepEqual(encodeSafetensors({ x, y }), encodeSafetensors({ y, x: copied }));
});

Deno.test("encodeSafetensors() says that the layout is PyTorch's", () => {
  assert.deepEqual({ ...readSafetensors(encodeSafetensors({})).metadata }, { format: "pt" });
});

Deno.test("decodeSafetensors() reads float16 and bfloat16 exactly", () => {
  for (const row of vectors.half_bf16) {
    const [dtype, hex] = row.f16_hex
      ? ["F16" as const, row.f16_hex]
      : ["BF16" as const, row.bf16_hex!];
    const file = writeSafetensors(
      new Map([["v", { dtype, shape: [], bytes: Uint8Array.fromHex(hex) }]]),
    );
    assert.equal(decodeSafetensors(file)["v"]!.data[0], row.value);
  }
});

Deno.test("decodeSafetensors() refuses dtypes that float32 cannot hold", () => {
  const file = Uint8Array.fromHex(vectors.safetensors.file_hex);
  assert.throws(
    () => decodeSafetensors(file),
    /Cannot read tensor "n" as float32: its dtype must be F32, F16 or BF16, not I64/,
  );
});
