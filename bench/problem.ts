/** What all contestants compute with: first parameters and data, equal to the bit. */

import { encodeSafetensors } from "../artifacts/safetensors.ts";
import type { NamedArrays } from "../artifacts/weights.ts";
import type { ParameterSpecs } from "../models/parameters.ts";
import type { HostTensor } from "../training/host_tensor.ts";
import { initialise } from "../training/initialise.ts";
import type { Network } from "./networks/network.ts";

const SEED = 417n;

/**
 * Small values instead of the zeros that some layers start with: behind zeros no layer would show in the loss.
 */
export function firstParameters({ specs }: Network): NamedArrays {
  const lively: ParameterSpecs = Object.fromEntries(
    Object.entries(specs).map(([name, { shape, init }]) => [
      name,
      { shape, init: init.kind === "zeros" ? { kind: "normal", std: 0.1 } : init },
    ]),
  );
  return initialise(lively, SEED);
}

/** As a safetensors file: `parameters.<name>` and `batch.<name>`, in our layouts. */
export function encodeProblem(network: Network): Uint8Array {
  return encodeSafetensors({
    ...named("parameters", firstParameters(network)),
    ...named("batch", network.batch),
  });
}

function named(group: string, tensors: Readonly<Record<string, HostTensor>>): NamedArrays {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      `${group}.${name}`,
      { shape, data: Float32Array.from(data) },
    ]),
  );
}
