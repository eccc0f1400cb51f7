/** The names of Python's that a file of tensors needs, and what they mean here. */

import {
  damagedPickle,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleTuple,
  type PickleValue,
  setItems,
} from "./pickle_values.ts";
import type { PickleHost } from "./pickle.ts";
import { isIndex, PytorchStorage, PytorchTensor, storageClassOf } from "./tensor.ts";

/** Reads pickles of tensors; keeps the storages that they name, each once. */
export class TensorHost implements PickleHost {
  readonly storages = new Map<string, PytorchStorage>();

  /** Two functions, one class, and the storage classes: everything else is refused. */
  global(name: string): PickleGlobal | undefined {
    if (storageClassOf(name) !== undefined) return new PickleGlobal(name);
    return functions.get(name);
  }

  /** `("storage", class, key, place, count)`; old files add a view of another storage, or None. */
  persistent(id: PickleValue): PickleValue {
    const [kind, type, key, , count, view] = id instanceof PickleTuple ? id.items : [];
    const storageClass = type instanceof PickleGlobal ? storageClassOf(type.name) : undefined;
    if (
      kind !== "storage" || storageClass === undefined || typeof key !== "string" ||
      !/^\d{1,20}$/.test(key) || !isIndex(count)
    ) {
      throw damagedPickle("a persistent id must name a storage: its class, key, place and size");
    }
    if (view !== undefined && view !== null) {
      throw damagedPickle(`storage ${key} is a view of another, which only torch < 0.4 wrote`);
    }
    const storage = new PytorchStorage(key, storageClass, count);
    const known = this.storages.get(key);
    if (known === undefined) {
      this.storages.set(key, storage);
      return storage;
    }
    if (known.dtype !== storage.dtype || known.count !== storage.count) {
      throw damagedPickle(
        `storage ${key} is both ${known.count} ${known.dtype} and ${storage.count} ${storage.dtype}`,
      );
    }
    return known;
  }
}

const functions: ReadonlyMap<string, PickleGlobal> = new Map([
  new PickleGlobal("collections.OrderedDict", orderedDict),
  new PickleGlobal("torch._utils._rebuild_tensor_v2", (args) => new PytorchTensor(args, sizesOf)),
  new PickleGlobal("torch._utils._rebuild_parameter", parameter),
].map((meaning) => [meaning.name, meaning]));

/** Empty, or, as Python 2 wrote it, from a list of pairs. */
function orderedDict(args: readonly PickleValue[]): PickleValue {
  const [pairs] = args;
  const dict = new PickleDict();
  if (pairs === undefined) return dict;
  if (args.length !== 1 || !(pairs instanceof PickleList)) {
    throw damagedPickle("an OrderedDict must be made of nothing or of a list of pairs");
  }
  for (const pair of pairs.items) {
    const isPair = pair instanceof PickleList || pair instanceof PickleTuple;
    if (!isPair || pair.items.length !== 2) {
      throw damagedPickle("an OrderedDict must be made of pairs");
    }
    setItems(dict, pair.items);
  }
  return dict;
}

/** A tensor that is trained: the tensor. */
function parameter([tensor]: readonly PickleValue[]): PickleValue {
  if (tensor instanceof PytorchTensor) return tensor;
  throw damagedPickle("a parameter must be made of a tensor");
}

/** torch.Size and strides; tensors of more than 64 axes do not exist in PyTorch. */
function sizesOf(value: PickleValue | undefined): number[] {
  const sizes = value instanceof PickleTuple ? value.items : [];
  const isTuple = value instanceof PickleTuple && sizes.length <= 64;
  if (isTuple && sizes.every(isIndex)) return [...sizes];
  throw damagedPickle("shape and strides of a tensor must be tuples of whole numbers from 0 on");
}
