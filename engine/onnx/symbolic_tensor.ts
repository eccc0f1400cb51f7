/**
 * A tensor of a program that is being recorded.
 *
 * Logically it is what tfjs sees: a shape (row-major, channels last) and a dtype. Physically it
 * may exist in up to three forms, each made when first needed (see `Trace`):
 *
 * - `rowMajor`: as tfjs lays it out;
 * - `blocked4`: rank 4 only, memory `[batch, channel / k, height, width, k]`, but labelled
 *   `[batch, channel, height, width]`, as the operators of com.microsoft.nchwc want it;
 * - `blocked5`: the same memory labelled as what it is.
 *
 * Element-wise operators work in whatever form they meet, so that layouts flow through a network
 * and are changed only where they must be.
 */

import type { Attributes, Value } from "./graph/graph.ts";

export type TensorDtype = "float32" | "int32" | "bool";

/** How a tensor came about, where knowing it saves work. */
export type Origin =
  /** Some node made it. */
  | { readonly kind: "node" }
  /** One number everywhere. */
  | { readonly kind: "splat"; readonly value: number }
  /** A small constant. */
  | { readonly kind: "literal"; readonly values: ArrayLike<number> }
  /** A smaller tensor of the same rank, stretched along axes of extent 1 when needed. */
  | { readonly kind: "broadcast"; readonly of: SymbolicTensor }
  /** Not recorded yet; `make` records it. `as` lets consumers do better than that. */
  | { readonly kind: "deferred"; readonly make: () => SymbolicTensor; readonly as: Deferred }
  /** A blocked convolution, into which an addition may still be folded. */
  | { readonly kind: "conv"; readonly inputs: readonly Value[]; readonly attributes: Attributes }
  /** A scale and shift per batch and channel, recorded as a depthwise convolution. */
  | { readonly kind: "affine"; readonly inputs: readonly Value[]; readonly attributes: Attributes };

export type Deferred =
  | { readonly kind: "concat"; readonly parts: readonly SymbolicTensor[] }
  /** Zeros, `of`, zeros, along the channels. */
  | { readonly kind: "channel_pad"; readonly of: SymbolicTensor; readonly before: number }
  /** An input gradient of a convolution, of which slices of channels can be computed alone. */
  | {
    readonly kind: "input_gradient";
    readonly channels: (begin: number, count: number) => SymbolicTensor;
  };

export class SymbolicTensor {
  readonly shape: readonly number[];
  readonly dtype: TensorDtype;
  origin: Origin;
  rowMajor: Value | undefined;
  blocked4: Value | undefined;
  blocked5: Value | undefined;

  constructor(
    shape: readonly number[],
    dtype: TensorDtype,
    origin: Origin = { kind: "node" },
    forms: { rowMajor?: Value; blocked4?: Value; blocked5?: Value } = {},
  ) {
    this.shape = shape;
    this.dtype = dtype;
    this.origin = origin;
    this.rowMajor = forms.rowMajor;
    this.blocked4 = forms.blocked4;
    this.blocked5 = forms.blocked5;
  }

  /** The number everywhere in this tensor, if it is known to be uniform. */
  get uniformValue(): number | undefined {
    return this.origin.kind === "splat" ? this.origin.value : undefined;
  }

  /** The smaller tensor that this one repeats, or itself. */
  get unstretched(): SymbolicTensor {
    return this.origin.kind === "broadcast" ? this.origin.of : this;
  }

  /** Whether this is a splat or a pending broadcast: cheap to combine with others as it is. */
  get isStretched(): boolean {
    return this.origin.kind === "splat" || this.origin.kind === "broadcast";
  }

  get isBlocked(): boolean {
    return this.blocked4 !== undefined || this.blocked5 !== undefined;
  }

  /** What a not yet recorded tensor is, or undefined if it has been recorded. */
  get deferred(): Deferred | undefined {
    return this.origin.kind === "deferred" ? this.origin.as : undefined;
  }
}
