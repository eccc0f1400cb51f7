/** Recurrent cells in a row behind a linear map: the trunk of every recurrent network of the system. */

import * as tf from "@tensorflow/tfjs-core";
import { linear, linearParameters } from "../layers/linear.ts";
import { lstmCell, lstmCellParameters } from "../layers/lstm_cell.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";

export interface LstmStackSizes {
  readonly inputs: number;
  readonly hidden: number;
  /** Cells in a row. */
  readonly layers: number;
}

/** By layer: `<i>.hidden` and `<i>.cell`, each `[batch, hidden]`. */
export type LstmStackState = Parameters;

/** Declares `embed` and `cell.i`. */
export function lstmStackParameters({ inputs, hidden, layers }: LstmStackSizes): ParameterSpecs {
  return Object.assign(
    {},
    nest("embed", linearParameters({ inputs, outputs: hidden })),
    ...Array.from(
      { length: layers },
      (_, i) => nest(`cell.${i}`, lstmCellParameters({ inputs: hidden, hidden })),
    ),
  );
}

/** Zeros. */
export function initialStackState(
  { hidden, layers }: Pick<LstmStackSizes, "hidden" | "layers">,
  batch: number,
): LstmStackState {
  const names = Array.from({ length: layers }, (_, i) => [`${i}.hidden`, `${i}.cell`]).flat();
  return Object.fromEntries(names.map((name) => [name, tf.zeros([batch, hidden])]));
}

/**
 * One moment: each cell sees what the one before it puts out.
 * @param input `[batch, inputs]`.
 * @returns The last cell's output, `[batch, hidden]`, and the state for the next moment.
 */
export function lstmStack(
  parameters: Parameters,
  input: tf.Tensor,
  state: LstmStackState,
): { readonly output: tf.Tensor; readonly state: LstmStackState } {
  const next: Record<string, tf.Tensor> = {};
  let output = linear(under(parameters, "embed"), input);
  for (let i = 0; state[`${i}.hidden`] !== undefined; i++) {
    const before = { hidden: state[`${i}.hidden`]!, cell: state[`${i}.cell`]! };
    const after = lstmCell(under(parameters, `cell.${i}`), output, before);
    next[`${i}.hidden`] = after.hidden;
    next[`${i}.cell`] = after.cell;
    output = after.hidden;
  }
  return { output, state: next };
}
