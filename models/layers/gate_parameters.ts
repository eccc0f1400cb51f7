/** Parameters of recurrent cells. */

import type { Initializer, ParameterSpecs } from "../parameters.ts";

export interface GateSizes {
  readonly inputs: number;
  readonly hidden: number;
  /**
   * - torch: all uniform in ±1/√hidden, PyTorch's default and the default here.
   * - xavier: weights uniform in ±√(6 / (fan in + fan out)), biases as the cell says.
   */
  readonly init?: "torch" | "xavier";
}

/**
 * Declares `weightInput [inputs, gates hidden]`, `weightHidden [hidden, gates hidden]`, `biasInput` and `biasHidden`
 * `[gates hidden]`, all gates side by side.
 *
 * Source of "xavier": Glorot & Bengio 2010, with the stacked gates as one matrix, as `xavier_uniform_` sees it.
 * @param sizes.bias First biases with init "xavier".
 */
export function gateParameters(
  { inputs, hidden, init = "torch", gates, bias }: GateSizes & {
    readonly gates: number;
    readonly bias: Initializer;
  },
): ParameterSpecs {
  const width = gates * hidden;
  const uniform = (bound: number): Initializer => ({ kind: "uniform", bound });
  const torch = uniform(1 / Math.sqrt(hidden));
  const weight = (rows: number) => ({
    shape: [rows, width],
    init: init === "torch" ? torch : uniform(Math.sqrt(6 / (rows + width))),
  });
  const shift = { shape: [width], init: init === "torch" ? torch : bias };
  return {
    weightInput: weight(inputs),
    weightHidden: weight(hidden),
    biasInput: shift,
    biasHidden: shift,
  };
}
