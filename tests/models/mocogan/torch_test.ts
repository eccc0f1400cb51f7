import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import { createEngine, type InternalEngineOptions } from "../../../engine/create_engine.ts";
import type { Engine } from "../../../engine/engine.ts";
import type { MocoganConfig } from "../../../models/mocogan/config.ts";
import {
  generator,
  generatorBuffers,
  generatorParameters,
} from "../../../models/mocogan/generator.ts";
import {
  imageDiscriminator,
  imageDiscriminatorBuffers,
  imageDiscriminatorParameters,
} from "../../../models/mocogan/image_discriminator.ts";
import {
  motionBuffers,
  motionCodes,
  motionParameters,
} from "../../../models/mocogan/motion_codes.ts";
import {
  videoDiscriminator,
  videoDiscriminatorBuffers,
  videoDiscriminatorParameters,
} from "../../../models/mocogan/video_discriminator.ts";
import type { Parameters, ParameterSpecs } from "../../../models/parameters.ts";
import { toHost, toTensor } from "../../support/host_tensor.ts";
import {
  cotangentSalt,
  differenceFromTorch,
  readTorchValues,
  type TorchCase,
  waves,
} from "../../support/torch_values.ts";
import { tinyConfig } from "./tiny_config.ts";

/** As in compare_with_torch.ts: float32 against float64 through a few layers and back. */
const tolerance = 5e-5;

const engines: Readonly<Record<string, InternalEngineOptions>> = {
  "cpu": { backend: "cpu", threads: 1 },
  "onnx": { backend: "onnx", threads: 2 },
};

const settingsSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("generator") }),
  z.strictObject({ kind: z.literal("image"), of: z.enum(["full", "patch"]) }),
  z.strictObject({
    kind: z.literal("video"),
    of: z.enum(["full", "patch", "categorical"]),
    time: z.enum(["valid", "halved"]),
  }),
  z.strictObject({
    kind: z.literal("motion"),
    cell: z.enum(["gru", "lstm"]),
    hidden: z.int().nullable(),
    noise: z.enum(["fresh", "same"]),
  }),
]);

interface Network {
  readonly specs: ParameterSpecs;
  readonly buffers: ParameterSpecs;
  run(parameters: Parameters, x: tf.Tensor): { value: tf.Tensor; buffers: Parameters };
}

for (const [title, options] of Object.entries(engines)) {
  Deno.test(`MoCoGAN's networks on ${title} give PyTorch's values, gradients and buffers`, async () => {
    const { cases } = await readTorchValues("mocogan", "models");
    const engine = await createEngine(options);
    const failures: string[] = [];
    for (const [name, torchCase] of Object.entries(cases)) {
      failures.push(...(await failuresOf(engine, torchCase)).map((what) => `${name}: ${what}`));
    }
    engine.dispose();
    assert.equal(failures.length, 0, failures.join("\n"));
    assert.equal(Object.keys(cases).length, 10);
  });
}

function networkOf(settings: z.infer<typeof settingsSchema>): Network {
  switch (settings.kind) {
    case "generator": {
      // Five numbers of content and four of motion.
      const config = tinyConfig({ content: 5, categories: 0 });
      return {
        specs: generatorParameters(config),
        buffers: generatorBuffers(config),
        run(parameters, x) {
          const { output: value, buffers } = generator(parameters, config, x, "train");
          return { value, buffers };
        },
      };
    }
    case "image": {
      const config = tinyConfig({ imageDiscriminator: settings.of });
      return {
        specs: imageDiscriminatorParameters(config),
        buffers: imageDiscriminatorBuffers(config),
        run(parameters, x) {
          const { logits, buffers } = imageDiscriminator(parameters, config, x, { mode: "train" });
          return { value: logits, buffers };
        },
      };
    }
    case "video":
      return videoNetwork(
        tinyConfig({ videoDiscriminator: settings.of, videoTime: settings.time }),
      );
    case "motion": {
      const { kind: _, ...rest } = settings;
      const config = { ...rest, size: 4 };
      return {
        specs: motionParameters(config),
        buffers: motionBuffers(config),
        run(parameters, x) {
          // The start and the moments in one tensor: [clip, 1 + moment, size].
          const [clips, rows, size] = (x as tf.Tensor3D).shape;
          const noise = {
            start: tf.reshape(tf.slice(x, [0, 0, 0], [clips, 1, size]), [clips, size]),
            noise: tf.slice(x, [0, 1, 0], [clips, rows - 1, size]),
          };
          const made = motionCodes(parameters, config, noise, { frames: 3, mode: "train" });
          return { value: tf.stack([...made.codes], 1), buffers: made.buffers };
        },
      };
    }
  }
}

function videoNetwork(config: MocoganConfig): Network {
  return {
    specs: videoDiscriminatorParameters(config),
    buffers: videoDiscriminatorBuffers(config),
    run(parameters, x) {
      const judged = videoDiscriminator(parameters, config, x, { mode: "train" });
      const { logits, categories, buffers } = judged;
      if (config.videoDiscriminator === "patch") return { value: logits, buffers };
      const column = tf.reshape(logits, [-1, 1]);
      return { value: categories ? tf.concat([column, categories], 1) : column, buffers };
    },
  };
}

async function failuresOf(engine: Engine, { parameters, inputs, outputs }: TorchCase) {
  const network = networkOf(settingsSchema.parse(parameters));
  const names = inputs.map(({ name }) => name);
  const declared = Object.entries(network.specs).map(([name, { shape }]) => `${name} [${shape}]`);
  const found = inputs.filter(({ name }) => name !== "x").map(({ name, shape }) =>
    `${name} [${shape}]`
  );
  assert.deepEqual(found.sort(), declared.sort());
  const program = engine.jit((given: Parameters, buffers: Parameters, dy: tf.Tensor) => {
    const run = (record: Parameters) => network.run({ ...record, ...buffers }, record.x!);
    const gradients = tf.grads((...tensors) =>
      run(Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))).value
    )(names.map((name) => given[name]!), dy);
    const { value, buffers: after } = run(given);
    return {
      value,
      ...Object.fromEntries(names.map((name, i) => [name, gradients[i]!])),
      ...Object.fromEntries(Object.entries(after).map(([name, t]) => [`buffer ${name}`, t])),
    };
  });
  const given = Object.fromEntries(
    inputs.map(({ name, shape, scale, salt }) => [name, toTensor(waves(shape, salt, scale))]),
  );
  const buffers = Object.fromEntries(
    Object.entries(network.buffers).map(([name, { shape, init }]) => [
      name,
      tf.fill([...shape], init.kind === "ones" ? 1 : 0),
    ]),
  );
  const dy = toTensor(waves(outputs.value!.shape, cotangentSalt));
  const results: Parameters = await program(given, buffers, dy);
  const failures = Object.entries(outputs).flatMap(([name, expected]) => {
    if (name === "head.linear.bias") {
      // Batch norm takes away what this bias adds: its gradient is 0, and rounding has nothing to be relative to.
      const largest = Math.max(...results[name]!.dataSync().map(Math.abs));
      return largest < 1e-5 ? [] : [`${name}: ${largest}, expected 0`];
    }
    const what = results[name] && differenceFromTorch(toHost(results[name]), expected, tolerance);
    return what === null ? [] : [`${name}: ${what ?? "missing"}`];
  });
  assert.deepEqual(Object.keys(results).sort(), Object.keys(outputs).sort());
  tf.dispose([given, buffers, dy, results]);
  program.dispose();
  return failures;
}
