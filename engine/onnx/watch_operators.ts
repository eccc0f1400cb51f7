/** Which operator of tfjs failed, and on what. */

import * as tf from "@tensorflow/tfjs-core";

export interface WatchedOperator {
  /** As one calls it: "conv2d". */
  readonly name: string;
  /** Shapes of the tensors that it looked at before it failed. */
  readonly shapes: readonly (readonly number[])[];
}

interface Scope {
  readonly name: string;
  readonly tensors: Set<tf.Tensor>;
}

/**
 * Calls `trace` and tells `explain` which operator an error came from.
 *
 * tfjs's messages often name an axis and no shape ("depth of input (1) must match input depth for
 * filter 2"), and its operators leave no trace of their arguments. They do open a scope by their
 * name, and ask tensors for their rank before they complain; both are listened to for as long as
 * the synchronous trace takes.
 */
export function watchOperators<Result>(
  trace: () => Result,
  explain: (error: unknown, operator: WatchedOperator | undefined) => unknown,
): Result {
  const engine = tf.engine();
  const scopes: Scope[] = [];
  let failed: Scope | undefined;
  const { startScope, endScope } = engine;
  const rank = Object.getOwnPropertyDescriptor(tf.Tensor.prototype, "rank");
  const getRank = rank?.get;
  if (rank === undefined || getRank === undefined) return trace();
  engine.startScope = (name) => {
    failed = undefined;
    scopes.push({ name: name ?? "", tensors: new Set() });
    startScope.call(engine, name);
  };
  engine.endScope = (result) => {
    const scope = scopes.pop();
    // An operator ends its scope with null when it fails; the innermost tells first.
    if (result === null) failed ??= scope;
    endScope.call(engine, result);
  };
  Object.defineProperty(tf.Tensor.prototype, "rank", {
    ...rank,
    get(this: tf.Tensor): number {
      scopes.at(-1)?.tensors.add(this);
      return getRank.call(this);
    },
  });
  try {
    return trace();
  } catch (error) {
    throw explain(error, failed && described(failed));
  } finally {
    Object.defineProperty(tf.Tensor.prototype, "rank", rank);
    engine.startScope = startScope;
    engine.endScope = endScope;
  }
}

function described({ name, tensors }: Scope): WatchedOperator {
  return {
    name: name.replace(/__op$/, ""),
    shapes: [...tensors].map((tensor) => tensor.shape),
  };
}
