/** Operators that put elements elsewhere. */

import type { Call, Operator } from "./evaluate_graph.ts";
import { positionsOf, stridesOf } from "./strides.ts";

export const moveOperators: Readonly<Record<string, Operator>> = {
  Reshape: (call) => call.input(0).data,
  Concat: (call) => {
    const axis = call.integer("axis", 0);
    const { shape } = call.type;
    const inner = sizeOf(shape.slice(axis + 1));
    const outer = sizeOf(shape.slice(0, axis));
    const parts = call.node.inputs.map((_, position) => call.input(position));
    const result = new Float64Array(sizeOf(shape));
    let start = 0;
    for (const part of parts) {
      const run = part.shape[axis]! * inner;
      for (let row = 0; row < outer; row++) {
        result.set(
          part.data.subarray(row * run, (row + 1) * run),
          row * shape[axis]! * inner + start,
        );
      }
      start += run;
    }
    return result;
  },
  ConstantOfShape: (call) => {
    const { value } = call.node.attributes;
    if (typeof value !== "object" || !("tensor" in value)) throw new Error("no value");
    const { bytes, dtype } = value.tensor;
    const view = new DataView(bytes.slice().buffer);
    const number = dtype === "float32"
      ? view.getFloat32(0, true)
      : dtype === "int32"
      ? view.getInt32(0, true)
      : view.getUint8(0);
    return new Float64Array(sizeOf(call.type.shape)).fill(number);
  },
  Gather: (call) => {
    const [data, indices] = [call.input(0), call.input(1)];
    const axis = call.integer("axis", 0);
    const extent = data.shape[axis]!;
    const inner = sizeOf(data.shape.slice(axis + 1));
    const outer = sizeOf(data.shape.slice(0, axis));
    const count = indices.data.length;
    const result = new Float64Array(outer * count * inner);
    for (let row = 0; row < outer; row++) {
      indices.data.forEach((index, k) => {
        const wrapped = index < 0 ? index + extent : index;
        if (wrapped < 0 || wrapped >= extent) throw new Error(`index ${index} of ${extent}`);
        const from = (row * extent + wrapped) * inner;
        result.set(data.data.subarray(from, from + inner), (row * count + k) * inner);
      });
    }
    return result;
  },
  GatherND: (call) => {
    const [data, indices] = [call.input(0), call.input(1)];
    const { starts, inner } = rowsOf(data.shape, indices.shape, indices.data);
    const result = new Float64Array(starts.length * inner);
    starts.forEach((from, k) => result.set(data.data.subarray(from, from + inner), k * inner));
    return result;
  },
  ScatterND: (call) => {
    const [data, indices, updates] = [call.input(0), call.input(1), call.input(2)];
    const { starts, inner } = rowsOf(data.shape, indices.shape, indices.data);
    const isSum = call.node.attributes.reduction === "add";
    const result = data.data.slice();
    starts.forEach((to, k) => {
      for (let i = 0; i < inner; i++) {
        const update = updates.data[k * inner + i]!;
        result[to + i] = isSum ? result[to + i]! + update : update;
      }
    });
    return result;
  },
  // Only along the first axis, and only sums.
  ScatterElements: (call) => {
    const [data, indices, updates] = [call.input(0), call.input(1), call.input(2)];
    const inner = sizeOf(data.shape.slice(1));
    const result = data.data.slice();
    indices.data.forEach((row, k) => {
      const to = row * inner + k % inner;
      result[to] = result[to]! + updates.data[k]!;
    });
    return result;
  },
  Pad: (call) => {
    const { shape, data } = call.input(0);
    const pads = call.input(1).data;
    const fill = call.has(2) ? call.input(2).data[0]! : 0;
    const strides = stridesOf(shape);
    const result = new Float64Array(sizeOf(call.type.shape)).fill(fill);
    const inside = positionsInside(call.type.shape, shape, pads);
    const start = shape.reduce((sum, _, axis) => sum - pads[axis]! * strides[axis]!, 0);
    const from = positionsOf(call.type.shape, strides, start);
    for (let i = 0; i < result.length; i++) if (inside[i]) result[i] = data[from[i]!]!;
    return result;
  },
  Slice: (call) => {
    const { shape, data } = call.input(0);
    const [starts, axes] = [call.input(1).data, call.input(3).data];
    const steps = call.has(4) ? call.input(4).data : axes.map(() => 1);
    const strides = stridesOf(shape);
    let start = 0;
    const moves = [...strides];
    axes.forEach((axis, i) => {
      const extent = shape[axis]!;
      const from = starts[i]! < 0 ? starts[i]! + extent : starts[i]!;
      start += Math.min(Math.max(from, 0), extent - 1) * strides[axis]!;
      moves[axis] = strides[axis]! * steps[i]!;
    });
    return pick(call, data, positionsOf(call.type.shape, moves, start));
  },
  Tile: (call) => {
    const { shape, data } = call.input(0);
    const strides = stridesOf(shape);
    // As if each axis were two: how often, and within.
    const reps = call.input(1).data;
    const split = shape.flatMap((extent, axis) => [reps[axis]!, extent]);
    const moves = shape.flatMap((_, axis) => [0, strides[axis]!]);
    return pick(call, data, positionsOf(split, moves, 0));
  },
  Transpose: (call) => {
    const { shape, data } = call.input(0);
    const strides = stridesOf(shape);
    const moves = call.list("perm", []).map((axis) => strides[axis]!);
    return pick(call, data, positionsOf(call.type.shape, moves, 0));
  },
};

function pick(_call: Call, data: Float64Array, positions: Int32Array): Float64Array {
  return Float64Array.from(positions, (from) => data[from]!);
}

/** Which elements of a padded tensor come from the tensor itself. */
function positionsInside(
  padded: readonly number[],
  shape: readonly number[],
  pads: Float64Array,
): Uint8Array {
  let inside = Uint8Array.of(1);
  padded.forEach((extent, axis) => {
    const next = new Uint8Array(inside.length * extent);
    inside.forEach((isInside, i) => {
      for (let k = 0; k < extent; k++) {
        const index = k - pads[axis]!;
        next[i * extent + k] = isInside && index >= 0 && index < shape[axis]! ? 1 : 0;
      }
    });
    inside = next;
  });
  return inside;
}

/** Where the rows begin that index tuples name, and how long they are. */
function rowsOf(shape: readonly number[], indexShape: readonly number[], indices: Float64Array) {
  const depth = indexShape.at(-1)!;
  const strides = stridesOf(shape);
  const inner = sizeOf(shape.slice(depth));
  const starts = Array.from({ length: indices.length / Math.max(1, depth) }, (_, k) => {
    let start = 0;
    for (let axis = 0; axis < depth; axis++) start += indices[k * depth + axis]! * strides[axis]!;
    return start;
  });
  return { starts, inner };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
