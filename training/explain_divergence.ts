/** What went wrong in a step whose loss or gradient is not finite. */

import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../engine/engine.ts";
import type { Parameters } from "../models/parameters.ts";
import { disposeAll, type HostTensor, toDevice } from "./host_tensor.ts";
import { type Batch, type Loss, lossAndGradients } from "./loss_and_gradients.ts";
import { countNotFinite } from "./require_finite_arrays.ts";
import type { StepScalars } from "./step_scalars.ts";
import type { StepState } from "./training_step.ts";

/** A step that gave what no training can go on with. */
export interface DivergedStep {
  readonly engine: Engine;
  /** Steps taken, this one included. */
  readonly step: number;
  /** Of several losses, which: "the loss", "the loss of the generator". */
  readonly whose: string;
  readonly found: StepScalars;
  /** Step of the newest checkpoint, if there is one. */
  readonly lastCheckpoint: number | undefined;
  readonly loss: Loss;
  /** As it was before the step; it stays as it is. */
  readonly before: Pick<StepState, "parameters" | "buffers">;
  /** In order: the micro-batches of the step, or its only one. */
  readonly batches: readonly Readonly<Record<string, HostTensor>>[];
}

/** A tensor that was looked at. */
interface Looked {
  readonly name: string;
  /** Values that are not finite. */
  readonly bad: number;
  readonly size: number;
  /** L2, in float64. */
  readonly norm: number;
}

/** More names are counted, not listed. */
const LISTED = 3;

/**
 * Takes the gradients of the step again, one tensor each, to say where the trouble is.
 *
 * Compiled and run only now: ordinary steps never read a gradient.
 * @returns An error that names the step, what was not finite before it, the gradients that are not, the
 * largest of the others, and the last checkpoint.
 */
export async function explainDivergence(step: DivergedStep): Promise<Error> {
  const { found: { loss, gradientNorm }, whose, lastCheckpoint } = step;
  const parts = [
    `Cannot continue training: at step ${step.step} ${whose} is ${loss} and the gradient norm ` +
    `${gradientNorm}; both must be finite`,
    ...describe("Not finite before the step", await lookAtGiven(step)),
    ...describeGradients(await lookAtGradients(step)),
    lastCheckpoint === undefined
      ? "There is no checkpoint"
      : `The last checkpoint is that of step ${lastCheckpoint}`,
    "A lower learning rate or clipping may help",
  ];
  return new Error(parts.join(". "));
}

async function lookAtGiven({ before, batches }: DivergedStep): Promise<Looked[]> {
  const looked = [
    ...await lookAtAll(before.parameters, (name) => `parameter "${name}"`),
    ...await lookAtAll(before.buffers, (name) => `buffer "${name}"`),
  ];
  for (const batch of batches) {
    for (const [name, { data }] of Object.entries(batch)) {
      looked.push(lookAt(`batch tensor "${name}"`, data));
    }
  }
  return looked;
}

/** Of the first batch whose loss or gradients are not finite; else of the last one. */
async function lookAtGradients({ engine, loss, before, batches }: DivergedStep): Promise<Looked[]> {
  const program = engine.jit(
    (parameters: Parameters, buffers: Parameters, batch: Batch) => {
      const { told: _, buffers: after, ...found } = lossAndGradients(
        loss,
        parameters,
        buffers,
        batch,
      );
      return { ...found, after };
    },
    { name: "gradients of a step that went wrong" },
  );
  let buffers: Parameters = mapRecord(before.buffers, (tensor) => tf.clone(tensor));
  let looked: Looked[] = [];
  try {
    for (const batch of batches) {
      const device = toDevice(batch);
      const { value, gradients, after } = await program(before.parameters, buffers, device);
      disposeAll({ device, buffers });
      buffers = after;
      const [found = NaN] = await value.data();
      looked = await lookAtAll(gradients, (name) => `"${name}"`);
      disposeAll({ value, gradients });
      if (!Number.isFinite(found) || looked.some(({ bad }) => bad > 0)) break;
    }
    return looked;
  } finally {
    disposeAll(buffers);
    program.dispose();
  }
}

function describeGradients(looked: readonly Looked[]): string[] {
  const finite = looked.filter(({ bad }) => bad === 0).sort((a, b) => b.norm - a.norm);
  const [largest] = finite;
  if (!largest) return describe("No gradient is finite", looked);
  return [
    ...describe("Gradients that are not finite", looked),
    `The largest finite gradient is that of ${largest.name}, of norm ${
      largest.norm.toPrecision(3)
    }`,
  ];
}

/** One sentence on those that are not finite, if there are any. */
function describe(what: string, looked: readonly Looked[]): string[] {
  const wrong = looked.filter(({ bad }) => bad > 0);
  if (wrong.length === 0) return [];
  const listed = wrong.slice(0, LISTED).map(({ name, bad, size }) => `${name} (${bad} of ${size})`);
  const rest = wrong.length - listed.length;
  return [`${what}: ${listed.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`];
}

async function lookAtAll(
  tensors: Parameters,
  name: (key: string) => string,
): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (const [key, tensor] of Object.entries(tensors)) {
    looked.push(lookAt(name(key), await tensor.data()));
  }
  return looked;
}

function lookAt(name: string, data: ArrayLike<number>): Looked {
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += data[i]! * data[i]!;
  return { name, bad: countNotFinite(data), size: data.length, norm: Math.sqrt(squares) };
}

function mapRecord(
  tensors: Parameters,
  change: (tensor: tf.Tensor) => tf.Tensor,
): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]),
  );
}
