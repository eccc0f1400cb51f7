/** The initialisation that DCGAN published and many video models took over. */

import type { Initializer, ParameterSpec, ParameterSpecs } from "./parameters.ts";

const STD = 0.02;

const INITS: Readonly<Record<string, Initializer>> = {
  kernel: { kind: "normal", std: STD },
  bias: { kind: "zeros" },
  scale: { kind: "normal", std: STD, mean: 1 },
  shift: { kind: "zeros" },
};

/**
 * The specs with filters and matrices from N(0, 0.02²), scales of norms from N(1, 0.02²), biases and shifts 0.
 *
 * Parameters of other names keep their initialiser: recurrent cells keep theirs, as in PyTorch code that
 * initialises by the class of a layer.
 * Source: Radford et al. 2016, https://arxiv.org/abs/1511.06434, section 4.
 */
export function withDcganInit(specs: ParameterSpecs): ParameterSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]): [string, ParameterSpec] => {
      const init = INITS[name.slice(name.lastIndexOf(".") + 1)];
      return [name, init ? { ...spec, init } : spec];
    }),
  );
}
