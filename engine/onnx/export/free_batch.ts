/** One graph for any batch, from graphs of the same function for fixed ones. */

import { makeConstant, valuesOfConstant } from "../graph/constant.ts";
import type { Constant, Graph, Node, Value } from "../graph/graph.ts";

/** A graph recorded for a batch of a size. */
export interface Sized {
  readonly batch: number;
  readonly graph: Graph;
}

/** A list of integers that depends on the batch: base + slope * batch, element by element. */
interface Affine {
  readonly base: readonly number[];
  readonly slope: readonly number[];
}

/**
 * Sizes to record for. Primes that are no extent of any layer, so that nothing is equal by chance; the third
 * checks what the first two say.
 */
export const sampleBatches = [11, 13, 17] as const;

/** Name of the free extent. */
export const BATCH = "batch";

/**
 * Graphs of one function differ only in constants that depend on the batch. Shapes and bounds are fitted as
 * base + slope * batch and computed from the first input's extent; tables may repeat a row for each sample.
 * @throws {RangeError} When they differ in anything else, naming the operator.
 */
export function freeBatch(samples: readonly [Sized, Sized, Sized]): Graph {
  const [{ graph }] = samples;
  const nodes: Node[] = [];
  const constants = new Map<Value, Constant>(graph.constants);
  const computed = new Map<string, Value>();
  const [input] = graph.inputs;
  if (!input) throw new RangeError("Cannot free the batch: the function has no input");

  /** A value of the graph that has the list for the batch at hand. */
  const compute = (list: Affine): Value => {
    const key = JSON.stringify(list);
    const known = computed.get(key);
    if (known !== undefined) return known;
    const place = `batch.${computed.size}`;
    if (computed.size === 0) {
      const attributes = { start: 0, end: 1 };
      nodes.push(node("Shape", [input.name], "batch.size", attributes));
    }
    constants.set(`${place}.slope`, int64(list.slope));
    constants.set(`${place}.base`, int64(list.base));
    nodes.push(node("Mul", ["batch.size", `${place}.slope`], `${place}.scaled`));
    nodes.push(node("Add", [`${place}.scaled`, `${place}.base`], place));
    computed.set(key, place);
    return place;
  };

  /** A table of `[1, ...]` as often as the batch is large. */
  const repeat = (row: Constant): Value => {
    const [, ...rest] = row.shape;
    const shape = compute({ base: [0, ...rest], slope: [1, ...rest.map(() => 0)] });
    const place = `repeated.${constants.size}`;
    constants.set(`${place}.row`, row);
    nodes.push(node("Expand", [`${place}.row`, shape], place));
    return place;
  };

  graph.nodes.forEach((first, position) => {
    const same = samples.map((sample) => sample.graph.nodes[position]);
    requireSameNode(first, same);
    const inputs = first.inputs.map((value, operand) => {
      const found = samples.map((sample, i) =>
        sample.graph.constants.get(same[i]!.inputs[operand]!)
      );
      if (found.every((constant) => constant === undefined)) {
        requireEqual(first, same.map((each) => each!.inputs[operand]));
        return value;
      }
      const row = repeatedRow(samples.map(({ batch }) => batch), found);
      if (row) return repeat(row);
      const list = fit(first, samples.map(({ batch }) => batch), found);
      if (list === undefined) return value;
      const fixed = withOneInferred(first, operand, list);
      if (!fixed) return compute(list);
      const name = `shape.${fixed.join(".")}`;
      constants.set(name, int64(fixed));
      return name;
    });
    nodes.push({ ...first, inputs });
  });
  const needed = new Set(nodes.flatMap(({ inputs }) => inputs));
  return graph.with({
    nodes,
    constants: new Map([...constants].filter(([name]) => needed.has(name))),
    declared: new Map(),
  });
}

/** Extents of a port over the batch: "batch", or "10 * batch" where it is folded into another axis. */
export function freeShape(shapes: readonly (readonly number[])[]): (number | string)[] {
  const [least, more] = sampleBatches;
  return (shapes[0] ?? []).map((extent, axis) => {
    const slope = ((shapes[1]?.[axis] ?? extent) - extent) / (more - least);
    if (slope === 0) return extent;
    return slope === 1 ? BATCH : `${slope} * ${BATCH}`;
  });
}

/** A shape with one unknown extent is left to Reshape, as most exporters do. */
function withOneInferred(
  { op }: Node,
  operand: number,
  { base, slope }: Affine,
): number[] | undefined {
  const free = slope.filter((each) => each !== 0).length;
  if (op !== "Reshape" || operand !== 1 || free !== 1 || base.includes(0)) return undefined;
  return base.map((each, i) => slope[i] === 0 ? each : -1);
}

/** The one row of tables that have it once for each sample. */
function repeatedRow(
  batches: readonly number[],
  found: readonly (Constant | undefined)[],
): Constant | undefined {
  const [first] = found;
  if (!first || first.dtype === "int64") return undefined;
  const [, ...rest] = first.shape;
  const size = first.bytes.length / batches[0]!;
  const row = { dtype: first.dtype, shape: [1, ...rest], bytes: first.bytes.subarray(0, size) };
  const isRepeated = found.every((table, i) =>
    table?.shape.join() === [batches[i], ...rest].join() &&
    table.bytes.every((byte, at) => byte === row.bytes[at % size])
  );
  return isRepeated ? row : undefined;
}

/** How constants depend on the batch; undefined when they do not. */
function fit(
  node: Node,
  batches: readonly number[],
  found: readonly (Constant | undefined)[],
): Affine | undefined {
  const [a, b, c] = found;
  if (!a || !b || !c) return refuse(node, "an operand is constant for some sizes only");
  if ([b, c].every((other) => isEqual(a, other))) return undefined;
  const [va, vb, vc] = [a, b, c].map(valuesOfConstant);
  if (a.dtype !== "int64" || va!.length !== vb!.length) {
    return refuse(node, `a table of ${a.dtype}[${a.shape}] depends on it`);
  }
  const [x, y, z] = batches;
  const slope = va!.map((value, i) => (vb![i]! - value) / (y! - x!));
  const base = va!.map((value, i) => value - slope[i]! * x!);
  const isAffine = slope.every((value, i) =>
    Number.isInteger(value) && base[i]! + value * z! === vc![i]
  );
  return isAffine ? { base, slope } : refuse(node, `[${va}] becomes [${vb}] and [${vc}]`);
}

function isEqual(a: Constant, b: Constant): boolean {
  return a.dtype === b.dtype && a.bytes.length === b.bytes.length &&
    a.shape.join() === b.shape.join() && a.bytes.every((byte, i) => byte === b.bytes[i]);
}

function requireSameNode(node: Node, same: readonly (Node | undefined)[]): void {
  const texts = same.map((each) =>
    each && JSON.stringify([each.op, each.domain, each.outputs, each.attributes], listBytes)
  );
  requireEqual(node, texts);
}

function requireEqual(node: Node, found: readonly unknown[]): void {
  if (found.some((each) => each !== found[0])) refuse(node, "the steps themselves differ");
}

function refuse({ op }: Node, why: string): never {
  throw new RangeError(
    `Cannot free the batch: at an operator "${op}" ${why}; export for a fixed batch instead`,
  );
}

function listBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Array.from(value) : value;
}

function node(
  op: string,
  inputs: readonly Value[],
  output: Value,
  attributes: Node["attributes"] = {},
): Node {
  return { op, domain: "", inputs, outputs: [output], attributes };
}

function int64(values: readonly number[]): Constant {
  return makeConstant(values, [values.length], "int64");
}
