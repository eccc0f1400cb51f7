/** Operators that combine elements along axes. */

import type { Call, Evaluated, Operator } from "./evaluate_graph.ts";
import { broadcastPositions, stridesOf } from "./strides.ts";

export const reduceOperators: Readonly<Record<string, Operator>> = {
  ReduceSum: (call) => reduce(call, [...call.input(1).data], (sum, x) => sum + x, 0),
  ReduceMean: (call) => {
    const axes = call.list("axes", []);
    const { shape } = call.input(0);
    const count = axes.reduce((product, axis) => product * shape.at(axis)!, 1);
    return reduce(call, axes, (sum, x) => sum + x, 0).map((sum) => sum / count);
  },
  ReduceMax: (call) => reduce(call, call.list("axes", []), Math.max, -Infinity),
  ReduceMin: (call) => reduce(call, call.list("axes", []), Math.min, Infinity),
  ReduceProd: (call) => reduce(call, call.list("axes", []), (product, x) => product * x, 1),
  ArgMax: (call) => along(call, (row) => [row.indexOf(Math.max(...row))]),
  ArgMin: (call) => along(call, (row) => [row.indexOf(Math.min(...row))]),
  Softmax: (call) => along(call, softmax),
  LogSoftmax: (call) => along(call, (row) => softmax(row).map(Math.log)),
  CumSum: (call) => {
    const axis = call.input(1).data[0]!;
    const isReverse = call.integer("reverse", 0) === 1;
    return along(call, (row) => {
      const ordered = isReverse ? row.toReversed() : row;
      let total = 0;
      const sums = ordered.map((x) => {
        const before = total;
        total += x;
        return call.integer("exclusive", 0) === 1 ? before : total;
      });
      return isReverse ? sums.reverse() : sums;
    }, axis);
  },
  TopK: (call) => {
    const count = call.input(1).data[0]!;
    const order = (row: number[]) =>
      row.map((_, i) => i).sort((a, b) => row[b]! - row[a]! || a - b).slice(0, count);
    return [
      along(call, (row) => order(row).map((i) => row[i]!), -1),
      along(call, order, -1),
    ];
  },
  MatMul: (call) => multiply(call, false, false),
  FusedMatMul: (call) =>
    multiply(call, call.integer("transA", 0) === 1, call.integer("transB", 0) === 1),
  Einsum: (call) => einsum(call),
};

function softmax(row: number[]): number[] {
  const largest = Math.max(...row);
  const powers = row.map((x) => Math.exp(x - largest));
  const total = powers.reduce((sum, x) => sum + x, 0);
  return powers.map((x) => x / total);
}

function reduce(
  call: Call,
  axes: readonly number[],
  combine: (a: number, b: number) => number,
  start: number,
): Float64Array {
  const { shape, data } = call.input(0);
  const wanted = axes.map((axis) => axis < 0 ? axis + shape.length : axis);
  const kept = shape.map((extent, axis) => wanted.includes(axis) ? 1 : extent);
  const targets = broadcastPositions(kept, shape);
  const size = kept.reduce((product, extent) => product * extent, 1);
  const result = new Float64Array(size).fill(start);
  data.forEach((x, i) => result[targets[i]!] = combine(result[targets[i]!]!, x));
  return result;
}

/** Maps each row along an axis to another one. */
function along(
  call: Call,
  map: (row: number[]) => number[],
  given = call.integer("axis", -1),
): Float64Array {
  const { shape, data } = call.input(0);
  const axis = given < 0 ? given + shape.length : given;
  const extent = shape[axis]!;
  const stride = stridesOf(shape)[axis]!;
  const rows = data.length / Math.max(1, extent);
  let result = new Float64Array(0);
  for (let row = 0; row < rows; row++) {
    const [outer, inner] = [Math.floor(row / stride), row % stride];
    const start = outer * extent * stride + inner;
    const mapped = map(Array.from({ length: extent }, (_, k) => data[start + k * stride]!));
    if (row === 0) result = new Float64Array(rows * mapped.length);
    mapped.forEach((x, k) => result[(outer * mapped.length + k) * stride + inner] = x);
  }
  return result;
}

function multiply(call: Call, isTurnedA: boolean, isTurnedB: boolean): Float64Array {
  const { shape } = call.type;
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const batch = shape.slice(0, -2);
  const a = matrices(call.input(0), batch, isTurnedA);
  const b = matrices(call.input(1), batch, isTurnedB);
  const inner = a.columns;
  const count = batch.reduce((product, extent) => product * extent, 1);
  const result = new Float64Array(count * rows * columns);
  for (let k = 0; k < count; k++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let i = 0; i < inner; i++) sum += a.at(k, row, i) * b.at(k, i, column);
        result[(k * rows + row) * columns + column] = sum;
      }
    }
  }
  return result;
}

function matrices({ shape, data }: Evaluated, batch: readonly number[], isTurned: boolean) {
  const [height, width] = [shape.at(-2)!, shape.at(-1)!];
  const starts = broadcastPositions(shape.slice(0, -2), batch);
  const at = (k: number, row: number, column: number) =>
    data[(starts[k]! * height + (isTurned ? column : row)) * width + (isTurned ? row : column)]!;
  return { columns: isTurned ? height : width, at };
}

function einsum(call: Call): Float64Array {
  const equation = String(call.node.attributes.equation).replaceAll(" ", "");
  const [left = "", right = ""] = equation.split("->");
  const indices = left.split(",");
  const inner = [...new Set(left.replaceAll(",", ""))].filter((letter) => !right.includes(letter));
  const letters = [...right, ...inner];
  const extents = letters.map((letter) => {
    const position = indices.findIndex((list) => list.includes(letter));
    return call.input(position).shape[indices[position]!.indexOf(letter)]!;
  });
  const strides = stridesOf(extents);
  const total = extents.reduce((product, extent) => product * extent, 1);
  const outer = right.length === 0 ? 1 : strides[right.length - 1]!;
  const result = new Float64Array(right.length === 0 ? 1 : total / outer);
  for (let i = 0; i < total; i++) {
    const at = letters.map((_, axis) => Math.floor(i / strides[axis]!) % extents[axis]!);
    let product = 1;
    indices.forEach((list, position) => {
      const { shape, data } = call.input(position);
      const steps = stridesOf(shape);
      let from = 0;
      [...list].forEach((letter, axis) => from += at[letters.indexOf(letter)]! * steps[axis]!);
      product *= data[from]!;
    });
    const target = right.length === 0 ? 0 : Math.floor(i / outer);
    result[target] = result[target]! + product;
  }
  return result;
}
