import assert from "node:assert/strict";
import { kernels } from "../../engine/onnx/kernels/mod.ts";
import { missingKernels } from "../../engine/onnx/missing_kernels.ts";
import { tfjsKernelNames } from "../../engine/onnx/register_backend.ts";
import { kernelTable } from "../support/kernel_table.ts";

const page = new URL("../../docs/engine.md", import.meta.url);

Deno.test("each kernel of tfjs-core is either lowered or missing for a reason", () => {
  const lowered = kernels.map(({ name }) => name);
  const both = lowered.filter((name) => name in missingKernels);
  assert.deepEqual(both, []);
  assert.equal(new Set(lowered).size, lowered.length, "a kernel is lowered twice");
  // The project's own kernels are no tfjs kernels.
  const known = new Set([
    ...lowered.filter((name) => name !== "Silu"),
    ...Object.keys(missingKernels),
  ]);
  assert.deepEqual([...known].sort(), tfjsKernelNames());
});

/** `deno test` cannot write the page by itself: UPDATE_DOCS=1 makes it do so. */
Deno.test("docs/engine.md lists the kernels as they are", async () => {
  const text = await Deno.readTextFile(page);
  const [before, rest = ""] = text.split("<!-- kernels: generated -->");
  const [, after] = rest.split("<!-- end of kernels -->");
  assert.ok(before !== undefined && after !== undefined, "the markers of the table are gone");
  const wanted = `${before}<!-- kernels: generated -->\n\n${kernelTable()}\n\n` +
    `<!-- end of kernels -->${after}`;
  if (Deno.env.get("UPDATE_DOCS") === "1") await Deno.writeTextFile(page, wanted);
  else {assert.equal(
      text,
      wanted,
      "run UPDATE_DOCS=1 deno test -A tests/engine/kernel_table_test.ts",
    );}
});
