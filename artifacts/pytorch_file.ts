/** Weights saved by `torch.save`, read without Python and without executing anything. */

import { damagedFile, readContainer } from "./pytorch/containers.ts";
import { PickleDict, PickleList, PickleTuple, type PickleValue } from "./pytorch/pickle_values.ts";
import { PytorchTensor } from "./pytorch/tensor.ts";
import type { NamedArray, NamedArrays } from "./weights.ts";

export interface PytorchFile {
  /** By the keys on the way to the tensor, joined by dots: "state_dict.conv.weight". */
  readonly tensors: NamedArrays;
  /** Numbers, strings, truths and None beside the tensors, named alike. */
  readonly values: ReadonlyMap<string, null | boolean | number | bigint | string>;
}

/** Dicts in dicts; a checkpoint of an optimiser has four. */
const MAX_DEPTH = 32;
const MAX_VALUES = 200_000;
/** Characters of all names together: a value may occur, and be named, many times. */
const MAX_NAMES = 2 ** 24;
/** Tensors may share storages, so together they may be larger than the file; not without limit. */
const MAX_GROWTH = 16;

/**
 * Reads a `.pth` or `.pt` file of tensors in dicts, lists and tuples: a state_dict or a checkpoint.
 *
 * Both containers are read, zip (torch >= 1.6) and the stream before it. The pickle inside is interpreted
 * by an allow-list: OrderedDict, tensors, parameters and storages; every other name of Python's and every
 * other opcode is an error that names it. float64 is rounded to float32; integers beyond 2^24 are refused.
 * @returns Copies, row major, whatever the strides were.
 * @throws {SyntaxError} When the file is damaged or asks for more than tensors.
 * @throws {TypeError} When an integer would lose digits.
 */
export function readPytorchFile(file: Uint8Array): PytorchFile {
  const found = new Map<string, PytorchTensor>();
  const values = new Map<string, null | boolean | number | bigint | string>();
  const left = { values: MAX_VALUES, names: MAX_NAMES, bytes: MAX_GROWTH * file.length };
  collect(readContainer(file), []);
  const tensors: [string, NamedArray][] = [];
  for (const [name, tensor] of found) tensors.push([name, toArray(name, tensor)]);
  return { tensors: Object.fromEntries(tensors), values };

  function collect(value: PickleValue, path: readonly string[]): void {
    left.values--;
    left.names -= path.reduce((sum, key) => sum + key.length, 0);
    if (left.values < 0 || left.names < 0 || path.length > MAX_DEPTH) {
      throw damagedFile(
        `it has more than ${MAX_VALUES} values, ${MAX_NAMES} characters in their names or ` +
          `${MAX_DEPTH} dicts within each other`,
      );
    }
    const name = path.join(".");
    if (value instanceof PytorchTensor) {
      left.bytes -= 4 * value.count;
      if (left.bytes < 0) {
        throw damagedFile(
          `its tensors would take more than ${MAX_GROWTH} times the file's ${file.length} bytes`,
        );
      }
      if (found.has(name)) throw damagedFile(`two tensors are named "${name}"`);
      found.set(name, value);
    } else if (value instanceof PickleDict) {
      for (const [key, item] of value.entries) collect(item, [...path, String(key)]);
    } else if (value instanceof PickleList || value instanceof PickleTuple) {
      value.items.forEach((item, index) => collect(item, [...path, String(index)]));
    } else if (value === null || typeof value !== "object") {
      values.set(name, value);
    } else {
      throw damagedFile(`"${name}" is neither a tensor nor a plain value`);
    }
  }
}

function toArray(name: string, tensor: PytorchTensor): NamedArray {
  try {
    return { shape: tensor.shape, data: tensor.toFloat32() };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`Cannot read tensor "${name}" as float32: ${error.message}`, {
      cause: error,
    });
  }
}
