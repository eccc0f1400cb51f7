/** A small network trained by one compiled program: what engine tests run when they need a program. */

import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import type { Engine, Jitted } from "../../engine/engine.ts";
import { conv2d, conv2dParameters } from "../../models/layers/conv2d.ts";
import { groupNorm, groupNormParameters } from "../../models/layers/group_norm.ts";
import { silu } from "../../models/layers/silu.ts";
import { nest, type ParameterSpecs, under } from "../../models/parameters.ts";
import { adamw } from "../../training/adamw.ts";
import { toDevice } from "../../training/host_tensor.ts";
import { initialise } from "../../training/initialise.ts";
import {
  type Loss,
  type StepFactors,
  type StepState,
  trainingStep,
} from "../../training/training_step.ts";
import { scattered, toTensor } from "./host_tensor.ts";

const optimiser = adamw({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });

const specs: ParameterSpecs = {
  ...nest("first", conv2dParameters({ inputs: 3, outputs: 32, kernel: 3 })),
  ...nest("norm", groupNormParameters(32)),
  ...nest("second", conv2dParameters({ inputs: 32, outputs: 32, kernel: 3 })),
  ...nest("last", conv2dParameters({ inputs: 32, outputs: 1, kernel: 1 })),
};

const loss: Loss = (parameters, { x, y }) => {
  const first = silu(conv2d(under(parameters, "first"), x!));
  const normal = groupNorm(under(parameters, "norm"), first, { groups: 8 });
  const second = silu(conv2d(under(parameters, "second"), normal, 2));
  return tf.mean(tf.square(tf.sub(conv2d(under(parameters, "last"), second), y!)));
};

type Batch = Readonly<Record<string, tf.Tensor>>;

export type SmallStep = Jitted<
  readonly [StepState, Batch, StepFactors],
  { readonly state: StepState; readonly loss: tf.Tensor }
>;

/** Calls `onTrace` whenever the step's function runs, which is when it is traced. */
export function smallStep(engine: Engine, onTrace: () => void = () => {}): SmallStep {
  return engine.jit(
    (state: StepState, batch: Batch, factors: StepFactors) => {
      onTrace();
      const result = trainingStep(loss, { optimiser, clipNorm: 1 }, state, batch, factors);
      return { state: result.state, loss: result.loss };
    },
    { name: "small step", donate: [0] },
  );
}

/** Fresh parameters and zero moments, the same every time. */
export function smallState(): StepState {
  const zeros = () =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { shape }]) => [name, tf.zeros([...shape])]),
    );
  return {
    parameters: toDevice(initialise(specs, 417n)),
    buffers: {},
    slots: { mean: zeros(), square: zeros() },
    ema: {},
  };
}

export function smallBatch(size = 4): Batch {
  return {
    x: toTensor(scattered([size, 16, 16, 3])),
    y: toTensor(scattered([size, 8, 8, 1], { salt: 1 })),
  };
}

/** The scalars of step k = 1, 2, ... */
export function smallFactors(k: number): StepFactors {
  const factors = Object.entries(optimiser.factors(k, 1e-2));
  return {
    optimiser: Object.fromEntries(factors.map(([name, value]) => [name, tf.scalar(value)])),
    oneMinusEmaDecay: tf.scalar(0),
  };
}

/** Trains for some steps; returns all losses and the sha256 of all parameters. */
export async function trainSmall(
  engine: Engine,
  steps: number,
): Promise<{ readonly losses: readonly number[]; readonly digest: string }> {
  const step = smallStep(engine);
  const batch = smallBatch();
  const losses: number[] = [];
  let state = smallState();
  for (let k = 1; k <= steps; k++) {
    const factors = smallFactors(k);
    const result = await step(state, batch, factors);
    state = result.state;
    losses.push(result.loss.dataSync()[0]!);
    tf.dispose([factors, result.loss]);
  }
  const digest = createHash("sha256");
  for (const name of Object.keys(specs)) {
    const { buffer, byteOffset, byteLength } = state.parameters[name]!.dataSync();
    digest.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  tf.dispose([state, batch]);
  step.dispose();
  return { losses, digest: digest.digest("hex") };
}
