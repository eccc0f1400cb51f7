/** Running statistics for an average of parameters. */

import type { NamedArrays } from "../../artifacts/weights.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Parameters, ParameterSpecs } from "../../models/parameters.ts";
import { disposeAll, type HostTensor, toDevice, toHost } from "../../training/host_tensor.ts";

/** Each moves the statistics a tenth of the way: what was before counts 0.9^64, a thousandth. */
const BATCHES = 64;

/**
 * Runs the network in training mode without training it, so that its batch norms meet what averaged parameters make.
 *
 * The running statistics of training belong to the parameters of each step; the average is a network of its own that
 * no batch has gone through.
 * @param arrays Parameters and buffers.
 * @param forward The new buffers, all of them.
 * @returns The arrays with other buffers.
 */
export async function calibrateNorms(
  engine: Engine,
  arrays: NamedArrays,
  { buffers: specs, batch, forward }: {
    readonly buffers: ParameterSpecs;
    /** Pure in the index, from 0. */
    readonly batch: (index: number) => Readonly<Record<string, HostTensor>>;
    readonly forward: (parameters: Parameters, batch: Parameters) => Parameters;
  },
): Promise<NamedArrays> {
  const all = toDevice(arrays);
  const isBuffer = (name: string) => Object.hasOwn(specs, name);
  const [buffersFirst, parameters] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isBuffer(name) === wanted))
  );
  const program = engine.jit(
    (buffers: Parameters, parameters: Parameters, given: Parameters) =>
      forward({ ...parameters, ...buffers }, given),
    { name: "calibration of batch norms", donate: [0] },
  );
  let buffers: Parameters = buffersFirst!;
  try {
    for (let index = 0; index < BATCHES; index++) {
      const given = toDevice(batch(index));
      try {
        buffers = await program(buffers, parameters!, given);
      } finally {
        disposeAll(given);
      }
    }
    return { ...arrays, ...await toHost(buffers) };
  } finally {
    disposeAll(buffers);
    disposeAll(parameters);
    program.dispose();
  }
}
