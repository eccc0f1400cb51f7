/** The table of kernels in `docs/engine.md`, as it follows from the code. */

import * as tf from "@tensorflow/tfjs-core";
import { gradients } from "../../engine/gradients/mod.ts";
import { kernels } from "../../engine/onnx/kernels/mod.ts";
import { missingKernels } from "../../engine/onnx/missing_kernels.ts";
import { tfjsKernelNames } from "../../engine/onnx/register_backend.ts";
import "../../engine/register_gradients.ts";

/** Markdown: one row for each kernel of tfjs-core, in the order of the alphabet. */
export function kernelTable(): string {
  const lowered = new Set(kernels.map(({ name }) => name));
  const own = new Set(gradients.map(({ kernelName }) => kernelName));
  const rows = tfjsKernelNames().map((name) => {
    const gradient = own.has(name) ? "ours" : tf.getGradient(name) === undefined ? "" : "tfjs-core";
    return [name, lowered.has(name) ? "✓" : missingKernels[name] ?? "?", gradient];
  });
  return aligned([["kernel", "`onnx`", "gradient"], ...rows]);
}

/** Columns as wide as their widest cell, as `deno fmt` writes them. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length))
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...body.map(line)].join("\n");
}
