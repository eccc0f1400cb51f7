/** The compiled programs of a training, and how a step runs them. */

import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine.ts";
import type { ParameterSpecs } from "../models/parameters.ts";
import { disposeAll, type HostTensor, toDevice } from "./host_tensor.ts";
import {
  accumulateGradients,
  type Batch,
  type GradientSums,
  type Loss,
  type StepFactors,
  type StepResult,
  type StepRule,
  type StepState,
  trainingStep,
  updateFromSums,
} from "./training_step.ts";

export interface StepProgramOptions {
  readonly engine: Engine;
  readonly specs: ParameterSpecs;
  readonly loss: Loss;
  readonly rule: StepRule;
  /** Micro-batches of a step. */
  readonly accumulate: number;
  /** Pure in the index of the micro-batch, counted over all steps. */
  readonly batch: (micro: number) => Readonly<Record<string, HostTensor>>;
}

export interface StepProgram {
  /** Takes the step of this index, from 0; consumes the state and gives the next one. */
  take(index: number, state: StepState, factors: StepFactors): Promise<StepResult>;
  dispose(): void;
}

/** One program where a step is one batch; else one that adds up gradients, and one that updates. */
export function stepProgram(options: StepProgramOptions): StepProgram {
  return options.accumulate === 1 ? wholeStep(options) : accumulatedStep(options);
}

function wholeStep({ engine, loss, rule, batch }: StepProgramOptions): StepProgram {
  const program = engine.jit(
    (state: StepState, batch: Batch, factors: StepFactors) =>
      trainingStep(loss, rule, state, batch, factors),
    { name: "training step", donate: [0] },
  );
  return {
    async take(index, state, factors) {
      const device = toDevice(batch(index));
      try {
        return await program(state, device, factors);
      } finally {
        disposeAll(device);
      }
    },
    dispose: () => program.dispose(),
  };
}

function accumulatedStep(options: StepProgramOptions): StepProgram {
  const { engine, specs, loss, rule, accumulate } = options;
  const add = engine.jit(
    (parameters: StepState["parameters"], sums: GradientSums, batch: Batch) =>
      accumulateGradients(loss, parameters, sums, batch),
    { name: "gradients of a micro-batch", donate: [1] },
  );
  const update = engine.jit(
    (state: StepState, sums: GradientSums, factors: StepFactors) =>
      updateFromSums(rule, accumulate, state, sums, factors),
    { name: "update from accumulated gradients", donate: [0, 1] },
  );
  return {
    async take(index, { buffers, ...rest }, factors) {
      let sums: GradientSums = { ...zeroSums(specs), buffers };
      try {
        for (let k = 0; k < accumulate; k++) {
          const device = toDevice(options.batch(index * accumulate + k));
          try {
            sums = await add(rest.parameters, sums, device);
          } finally {
            disposeAll(device);
          }
        }
        return await update({ ...rest, buffers: {} }, sums, factors);
      } finally {
        disposeAll(sums);
      }
    },
    dispose() {
      add.dispose();
      update.dispose();
    },
  };
}

function zeroSums(specs: ParameterSpecs): Omit<GradientSums, "buffers"> {
  const zeros = Object.entries(specs).map(([name, { shape }]) =>
    [name, tf.zeros([...shape])] as const
  );
  return { loss: tf.scalar(0), gradients: Object.fromEntries(zeros) };
}
