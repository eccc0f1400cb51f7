/**
 * Walks over trees of named tensors. Leaves are taken in the order of their sorted paths, so two
 * trees with the same names are the same tree, whatever order their keys were written in.
 */

import * as tf from "@tensorflow/tfjs-core";
import type { TensorTree } from "./engine.ts";

export interface Leaf {
  /** Keys from the root, joined by "/"; empty when the tree is one tensor. */
  readonly path: string;
  readonly tensor: tf.Tensor;
}

/** All tensors of a tree, sorted by path. */
export function leavesOf(tree: TensorTree): Leaf[] {
  const leaves: Leaf[] = [];
  collect(tree, "", leaves);
  return leaves;
}

/** The same tree with each tensor replaced, keys in the order in which `leavesOf` sees them. */
export function mapTree<T extends TensorTree>(
  tree: T,
  replace: (tensor: tf.Tensor) => tf.Tensor,
): T {
  // A tree is rebuilt key by key, so the result has the shape of `T`; the type system cannot see it.
  return replaceLeaves(tree, replace) as T;
}

function replaceLeaves(tree: TensorTree, replace: (tensor: tf.Tensor) => tf.Tensor): TensorTree {
  if (tree instanceof tf.Tensor) return replace(tree);
  return Object.fromEntries(
    sortedEntries(tree).map(([name, child]) => [name, replaceLeaves(child, replace)]),
  );
}

function collect(tree: TensorTree, path: string, leaves: Leaf[]): void {
  if (tree instanceof tf.Tensor) {
    leaves.push({ path, tensor: tree });
    return;
  }
  for (const [name, child] of sortedEntries(tree)) {
    if (child === undefined || child === null || typeof child !== "object") {
      throw new TypeError(
        `Cannot use a tensor tree: "${path}${name}" must be a tensor or a record, but it is ${
          child === null ? "null" : typeof child
        }`,
      );
    }
    collect(child, path === "" ? name : `${path}/${name}`, leaves);
  }
}

function sortedEntries(tree: { readonly [name: string]: TensorTree }): [string, TensorTree][] {
  const entries = Object.entries(tree);
  // Trees that programs return are sorted already, and are walked at every step of a training.
  const isSorted = entries.every(([name], index) =>
    index === 0 || (entries[index - 1]?.[0] ?? "") < name
  );
  return isSorted ? entries : entries.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}
