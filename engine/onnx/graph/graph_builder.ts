/** Records nodes one after the other. */

import { makeConstant } from "./constant.ts";
import {
  type Attributes,
  type Constant,
  type Domain,
  type ElementType,
  Graph,
  type Node,
  type Port,
  type Value,
  type ValueType,
} from "./graph.ts";

/** Literals longer than this are not compared with earlier ones. */
const sharedLiteralElements = 4096;

export class GraphBuilder {
  readonly #inputs: Port[] = [];
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<Value, Constant>();
  readonly #declared = new Map<Value, ValueType>();
  readonly #shared = new Map<string, Value>();
  #count = 0;

  /** Adds an input of the graph. */
  input(type: ValueType): Value {
    const name = `in${this.#inputs.length}`;
    this.#inputs.push({ name, type });
    return name;
  }

  /** Adds a node with any number of outputs. */
  node(
    op: string,
    inputs: readonly Value[],
    attributes: Attributes = {},
    domain: Domain = "",
    outputCount = 1,
  ): Value[] {
    const outputs = Array.from({ length: outputCount }, () => `v${this.#count++}`);
    this.#nodes.push({ op, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds a constant; equal short ones are stored once. */
  literal(values: ArrayLike<number>, shape: readonly number[], dtype: ElementType): Value {
    const isShared = values.length <= sharedLiteralElements;
    const key = isShared ? `${dtype}[${shape}]${Array.from(values, printNumber).join()}` : "";
    return isShared
      ? this.shared(key, () => makeConstant(values, shape, dtype))
      : this.#store(makeConstant(values, shape, dtype));
  }

  /** A constant made once per key, for tables that are costly to make. */
  shared(key: string, make: () => Constant): Value {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.#store(make());
    this.#shared.set(key, name);
    return name;
  }

  /** States what a value must be; checked by `verifyGraph`. */
  declare(value: Value, type: ValueType): void {
    this.#declared.set(value, type);
  }

  finish(outputs: readonly Port[]): Graph {
    return new Graph({
      inputs: [...this.#inputs],
      outputs,
      nodes: [...this.#nodes],
      constants: new Map(this.#constants),
      declared: new Map(this.#declared),
    });
  }

  #store(constant: Constant): Value {
    const name = `c${this.#constants.size}`;
    this.#constants.set(name, constant);
    return name;
  }
}

/** Tells 0 and -0 apart, which are equal as text but not as constants. */
function printNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
