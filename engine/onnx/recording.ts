/** One function being traced: its trace, and the outside tensors that it uses. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { HostBuffer } from "./runtime/host_buffer.ts";
import { SymbolicTensor, type TensorDtype } from "./symbolic_tensor.ts";
import { type BlockSize, Trace } from "./trace.ts";

/** Outside tensors up to this size become constants of the program. */
const literalElements = 1024;

/** What the backend knows of a tensor. */
export type Entry = HostEntry | TracedEntry;

export interface HostEntry {
  readonly kind: "host";
  readonly buffer: HostBuffer;
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  references: number;
}

export interface TracedEntry {
  readonly kind: "traced";
  readonly tensor: SymbolicTensor;
  readonly recording: Recording;
  references: number;
}

/** An outside tensor that is fed at every call, behind the arguments. */
export interface Captured {
  readonly buffer: HostBuffer;
  readonly shape: readonly number[];
}

export class Recording {
  readonly name: string;
  readonly trace: Trace;
  readonly captured: Captured[] = [];
  readonly #inputs = new Map<HostBuffer, SymbolicTensor>();

  constructor(name: string, blockSize: BlockSize) {
    this.name = name;
    this.trace = new Trace(blockSize);
  }

  /** The symbolic tensor that stands for a tensor in this trace. */
  symbolic(info: TensorInfo, entry: Entry): SymbolicTensor {
    if (entry.kind === "host") return this.#capture(info, entry);
    if (entry.recording !== this) {
      throw new Error(
        `Cannot compile "${this.name}": it uses a tensor that only exists inside the traced ` +
          `function "${entry.recording.name}"; return it there and pass it here as an argument`,
      );
    }
    return this.trace.withShape(entry.tensor, info.shape);
  }

  #capture(info: TensorInfo, { buffer, dtype, shape }: HostEntry): SymbolicTensor {
    const { data } = buffer;
    const [first] = data;
    if (first !== undefined && isUniform(data, first)) {
      return this.trace.splat(info.shape, dtype, first);
    }
    if (data.length <= literalElements) {
      return new SymbolicTensor(info.shape, dtype, { kind: "literal", values: data });
    }
    let input = this.#inputs.get(buffer);
    if (input === undefined) {
      input = this.trace.input(shape, dtype);
      this.#inputs.set(buffer, input);
      this.captured.push({ buffer, shape });
      buffer.isPrivate = false; // The program reads it at every call.
    }
    return this.trace.withShape(input, info.shape);
  }
}

function isUniform(values: ArrayLike<number>, first: number): boolean {
  for (let index = 1; index < values.length; index++) {
    if (!Object.is(values[index], first)) return false;
  }
  return true;
}
