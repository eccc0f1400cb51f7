/** Arithmetic per second that the machine can do at most, and in matrix products of 1024 x 1024. */

import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../engine/create_engine.ts";
import { medianOf } from "./measurement.ts";

export interface Peak {
  /** GFLOP/s of fused multiply-adds on registers; undefined without a C compiler. */
  readonly registers: number | undefined;
  /** GFLOP/s of our engine's MatMul. */
  readonly matMul: number;
}

const seconds = 0.5;
const size = 1024;

export async function measurePeak(threads: number): Promise<Peak> {
  return { registers: await registerPeak(threads), matMul: await matMulPeak(threads) };
}

async function registerPeak(threads: number): Promise<number | undefined> {
  const source = new URL("peers/peak/peak.c", import.meta.url).pathname;
  const folder = await Deno.makeTempDir({ prefix: "zoetrope-bench-" });
  try {
    const flags = ["-O3", "-march=native", "-pthread"];
    await output("cc", [...flags, "-o", `${folder}/peak`, source]);
    return Number(await output(`${folder}/peak`, [`${threads}`, `${seconds}`]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (success) return new TextDecoder().decode(stdout).trim();
  throw new Error(
    `Cannot measure the peak: ${command} failed\n${new TextDecoder().decode(stderr)}`,
  );
}

async function matMulPeak(threads: number): Promise<number> {
  const engine = await createEngine({ backend: "onnx", threads });
  const multiply = engine.jit((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b));
  const [a, b] = [tf.fill([size, size], 0.5), tf.fill([size, size], 0.25)];
  const times: number[] = [];
  for (let k = 0; k < 23; k++) {
    const start = performance.now();
    const product = await multiply(a, b);
    times.push(performance.now() - start);
    multiply.reuse(product);
  }
  engine.dispose();
  return 2 * size ** 3 / 1e6 / medianOf(times.slice(3));
}
