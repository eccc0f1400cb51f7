/** The compiled programs of a training, and how a step runs them. */

import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine.ts";
import type { Parameters, ParameterSpecs } from "../models/parameters.ts";
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
  /** Takes the step of this index, from 0; the state stays as it is. */
  take(index: number, state: StepState, factors: StepFactors): Promise<StepResult>;
  /** Disposes the state before a step that went well; its memory serves the next step. */
  reuse(state: StepState): void;
  /** What the step of this index is taken with: its batch, or its micro-batches in order. */
  batches(index: number): readonly Readonly<Record<string, HostTensor>>[];
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
    { name: "training step" },
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
    reuse: (state) => program.reuse(state),
    batches: (index) => [batch(index)],
    dispose: () => program.dispose(),
  };
}

function accumulatedStep(options: StepProgramOptions): StepProgram {
  const { engine, specs, loss, rule, accumulate } = options;
  const add = engine.jit(
    (parameters: StepState["parameters"], sums: GradientSums, batch: Batch) =>
      accumulateGradients(loss, parameters, sums, batch),
    { name: "gradients of a micro-batch" },
  );
  const update = engine.jit(
    (state: StepState, sums: GradientSums, factors: StepFactors) =>
      updateFromSums(rule, accumulate, state, sums, factors),
    { name: "update from accumulated gradients", donate: [1] },
  );
  return {
    async take(index, { buffers, ...rest }, factors) {
      let sums: GradientSums = { ...zeroSums(specs), buffers: cloneAll(buffers) };
      try {
        for (let k = 0; k < accumulate; k++) {
          const device = toDevice(options.batch(index * accumulate + k));
          try {
            const next = await add(rest.parameters, sums, device);
            add.reuse(sums);
            sums = next;
          } finally {
            disposeAll(device);
          }
        }
        return await update({ ...rest, buffers: {} }, sums, factors);
      } finally {
        disposeAll(sums);
      }
    },
    reuse: (state) => update.reuse(state),
    batches: (index) =>
      Array.from({ length: accumulate }, (_, k) => options.batch(index * accumulate + k)),
    dispose() {
      add.dispose();
      update.dispose();
    },
  };
}

/** The same data under tensors of their own, to be disposed by whoever gets them. */
function cloneAll(tensors: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, tf.clone(tensor)]),
  );
}

function zeroSums(specs: ParameterSpecs): Omit<GradientSums, "buffers"> {
  const zeros = Object.entries(specs).map(([name, { shape }]) =>
    [name, tf.zeros([...shape])] as const
  );
  return { loss: tf.scalar(0), gradients: Object.fromEntries(zeros) };
}
