/** A reference network as a program of ours that can be stepped. */

import * as tf from "@tensorflow/tfjs-core";
import type { Engine, ProgramInfo } from "../engine/engine.ts";
import { adamw } from "../training/adamw.ts";
import type { NamedArrays } from "../artifacts/weights.ts";
import { disposeAll, toDevice } from "../training/host_tensor.ts";
import { type StepFactors, type StepState, trainingStep } from "../training/training_step.ts";
import type { Network } from "./networks/network.ts";
import { firstParameters } from "./problem.ts";

export interface Steps {
  /** Compiles if need be. */
  inspect(): Promise<ProgramInfo>;
  /** Takes a step. @returns The loss before it; of sampling, what the loss would be. */
  step(): Promise<() => number>;
  /** Frees the compiled program. */
  dispose(): void;
}

const optimiser = adamw({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
const learningRate = 1e-3;

export function stepsOf(engine: Engine, network: Network): Steps {
  return network.forward === undefined
    ? trainingSteps(engine, network)
    : samplingSteps(engine, network, network.forward);
}

function trainingSteps(engine: Engine, network: Network): Steps {
  const { loss, batch } = network;
  const program = engine.jit(
    (state: StepState, data: Readonly<Record<string, tf.Tensor>>, factors: StepFactors) => {
      const result = trainingStep(loss, { optimiser, clipNorm: null }, state, data, factors);
      // Without the gradient norm, which the peers' steps do not compute either.
      return { state: result.state, loss: result.loss };
    },
    { name: "training step", donate: [0] },
  );
  let state = firstState(firstParameters(network));
  const data = toDevice(batch);
  let k = 0;
  return {
    async inspect() {
      const factors = factorsOf(1);
      const info = await program.inspect(state, data, factors);
      disposeAll(factors);
      return info;
    },
    async step() {
      const factors = factorsOf(++k);
      const result = await program(state, data, factors);
      state = result.state;
      const value = (await result.loss.data())[0]!;
      result.loss.dispose();
      disposeAll(factors);
      return () => value;
    },
    dispose: () => program.dispose(),
  };
}

function samplingSteps(
  engine: Engine,
  network: Network,
  forward: NonNullable<Network["forward"]>,
): Steps {
  const program = engine.jit(forward, { name: "sampling step" });
  const parameters = toDevice(firstParameters(network));
  const data = toDevice(network.batch);
  const noise = network.batch.noise!.data;
  return {
    inspect: () => program.inspect(parameters, data),
    async step() {
      const output = await program(parameters, data);
      const values = await output.data();
      // As a sampler does: the memory becomes a later step's result.
      program.reuse({ output });
      return () => meanSquare(values, noise);
    },
    dispose: () => program.dispose(),
  };
}

function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum / a.length;
}

function firstState(arrays: NamedArrays): StepState {
  const zeros = () =>
    toDevice(Object.fromEntries(
      Object.entries(arrays).map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    ));
  return {
    parameters: toDevice(arrays),
    buffers: {},
    slots: { mean: zeros(), square: zeros() },
    ema: {},
  };
}

function factorsOf(k: number): StepFactors {
  const factors = Object.entries(optimiser.factors(k, learningRate));
  return {
    optimiser: Object.fromEntries(factors.map(([name, value]) => [name, tf.scalar(value)])),
    oneMinusEmaDecay: tf.scalar(0),
  };
}
