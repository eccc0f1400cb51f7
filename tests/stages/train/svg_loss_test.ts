import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import { createEngine, type InternalEngineOptions } from "../../../engine/create_engine.ts";
import type { Engine } from "../../../engine/engine.ts";
import type { Parameters } from "../../../models/parameters.ts";
import { svgBuffers, type SvgConfig, svgParameters } from "../../../models/svg/svg.ts";
import { svgLoss, TOLD } from "../../../stages/train/svg_loss.ts";
import { normScopes } from "../../../stages/train/svg_unroll.ts";
import { initialise } from "../../../training/initialise.ts";
import { lossAndGradients } from "../../../training/loss_and_gradients.ts";
import { toDevice } from "../../../training/host_tensor.ts";
import { toHost, toTensor } from "../../support/host_tensor.ts";
import {
  differenceFromTorch,
  readTorchValues,
  type TorchCase,
  waves,
} from "../../support/torch_values.ts";

const settingsSchema = z.strictObject({
  kind: z.literal("svg"),
  config: z.record(z.string(), z.unknown()),
  context: z.int(),
  scope: z.enum(normScopes),
  beta: z.number(),
  forced: z.record(z.string(), z.array(z.number())),
});

/**
 * 3400 units of float32 rounding relative to the largest element. One side is float64, so this is the error of
 * float32 alone through up to three predicted frames and back, with norms over 3 clips of few pixels, which
 * amplify it. A wrong skip, order or scale changes results by 1e-2 and more.
 */
const tolerance = 2e-4;

const engines: Readonly<Record<string, InternalEngineOptions>> = {
  "cpu": { backend: "cpu", threads: 1 },
  "onnx": { backend: "onnx", threads: 2 },
};

for (const [title, options] of Object.entries(engines)) {
  Deno.test(`svgLoss() on ${title} gives PyTorch's losses, gradients and buffers`, async () => {
    const { cases } = await readTorchValues("svg", "models");
    const engine = await createEngine(options);
    const failures: string[] = [];
    for (const [name, torchCase] of Object.entries(cases)) {
      failures.push(...(await failuresOf(engine, torchCase)).map((what) => `${name}: ${what}`));
    }
    engine.dispose();
    assert.equal(failures.length, 0, failures.join("\n"));
    assert.equal(Object.keys(cases).length, 4);
  });
}

async function failuresOf(engine: Engine, { parameters, inputs, outputs }: TorchCase) {
  const { config: sizes, context, scope, beta, forced } = settingsSchema.parse(parameters);
  const config = sizes as unknown as SvgConfig;
  const tensors = Object.fromEntries(
    inputs.map(({ name, shape, scale, salt }) => [name, toTensor(waves(shape, salt, scale))]),
  );
  const names = Object.keys(svgParameters(config));
  const own = (wanted: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => wanted(name)));
  const given = own((name) => names.includes(name));
  assert.deepEqual(Object.keys(given).sort(), names.toSorted());
  const batch: Record<string, tf.Tensor> = {
    ...own((name) => !names.includes(name)),
    beta: tf.scalar(beta),
  };
  for (const name of Object.keys(batch)) {
    if (name.startsWith("frame")) batch[name] = tf.add(batch[name]!, 0.5);
  }
  for (const [t, values] of Object.entries(forced)) {
    batch[`forced${t}`] = tf.tensor(values, [values.length, 1, 1, 1]);
  }
  const program = engine.jit((given: Parameters, buffers: Parameters, batch: Parameters) => {
    const loss = (parameters: Parameters, batch: Parameters) =>
      svgLoss(parameters, config, batch, { context, scope, freeNorms: "batch" });
    const { value, gradients, told, buffers: after } = lossAndGradients(
      loss,
      given,
      buffers,
      batch,
    );
    const each = Array.from({ length: config.latent }, (_, i) => told[TOLD.klOf(i)]!);
    return {
      value,
      mse: told[TOLD.mse]!,
      kl: tf.stack(each),
      total: told[TOLD.kl]!,
      ...gradients,
      ...Object.fromEntries(Object.entries(after).map(([name, t]) => [`buffer ${name}`, t])),
    };
  });
  const buffers = toDevice(initialise(svgBuffers(config), 1n));
  const { total, ...results } = await program(given, buffers, batch) as Record<string, tf.Tensor>;
  assert.deepEqual(Object.keys(results).sort(), Object.keys(outputs).sort());
  const failures = Object.entries(outputs).flatMap(([name, expected]) => {
    const what = differenceFromTorch(toHost(results[name]!), expected, tolerance);
    return what === null ? [] : [`${name}: ${what}`];
  });
  const sum = Array.from(toHost(results.kl!).data).reduce((a, b) => a + b, 0);
  const told = toHost(total!).data[0]!;
  if (Math.abs(told - sum) > 1e-5 * Math.abs(sum)) failures.push(`kl ${told}, parts sum to ${sum}`);
  tf.dispose([tensors, batch, buffers, results, total!]);
  program.dispose();
  return failures;
}
