/** The memory of a call's arguments, from the moment of the call until its results are there. */

import type * as tf from "@tensorflow/tfjs-core";
import type { OnnxBackend } from "./onnx_backend.ts";
import type { HostBuffer } from "./runtime/host_buffer.ts";
import type { Bound } from "./runtime/session.ts";

/**
 * Taken synchronously, because a caller may dispose an argument as soon as the call has begun, while
 * the program is still being compiled or run.
 */
export class HeldArguments {
  readonly inputs: readonly Bound[];
  /** Donated memory that nobody else can see. */
  readonly recyclable: readonly HostBuffer[];

  /**
   * @param tensors Leaves of the arguments.
   * @param donated Those of them that are disposed here and whose memory may be used again.
   */
  constructor(
    backend: OnnxBackend,
    tensors: readonly tf.Tensor[],
    donated: ReadonlySet<tf.Tensor>,
  ) {
    this.inputs = tensors.map((tensor) => ({
      buffer: backend.hostEntry(tensor.dataId).buffer,
      shape: tensor.shape,
    }));
    for (const { buffer } of this.inputs) buffer.beginRun();
    this.recyclable = takeMemory(backend, donated);
  }

  /** The program has run; what to do with recyclable memory is up to it. */
  release(): void {
    for (const { buffer } of this.inputs) buffer.endRun();
  }

  /** The program will never run. */
  abandon(): void {
    this.release();
    for (const buffer of this.recyclable) buffer.drop();
  }
}

/** Disposes donated tensors; their memory is returned where nobody else can see it. */
export function takeMemory(backend: OnnxBackend, donated: ReadonlySet<tf.Tensor>): HostBuffer[] {
  const recyclable = new Set<HostBuffer>();
  for (const tensor of donated) {
    const entry = backend.hostEntry(tensor.dataId);
    if (entry.references === 1 && entry.buffer.isPrivate) recyclable.add(entry.buffer);
  }
  for (const tensor of donated) tensor.dispose();
  for (const buffer of recyclable) buffer.revive();
  return [...recyclable];
}
