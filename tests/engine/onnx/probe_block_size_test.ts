import assert from "node:assert/strict";
import { isTrustworthy, probeBlockSize } from "../../../engine/onnx/probe_block_size.ts";

Deno.test("probeBlockSize() finds a block size whose convolutions agree with the portable ones", () => {
  const blockSize = probeBlockSize();
  assert.ok([0, 8, 16].includes(blockSize));
  if (blockSize !== 0) assert.ok(isTrustworthy(blockSize));
});

Deno.test("isTrustworthy() rejects a block size that the processor does not have", () => {
  // Where there are no blocked operators at all, both sizes are wrong.
  const real = probeBlockSize();
  for (const size of [8, 16] as const) assert.equal(isTrustworthy(size), size === real);
});
