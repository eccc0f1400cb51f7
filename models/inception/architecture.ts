/**
 * The Inception-v3 network of the Fréchet Inception distance, as data.
 *
 * Source: Szegedy et al. 2015, https://arxiv.org/abs/1512.00567, in the variant that TensorFlow published
 * on 5 December 2015 and pytorch-fid ported (https://github.com/mseitzer/pytorch-fid, `inception.py`).
 * Names are those of the port's modules. The variant differs from the paper and from torchvision:
 * average pooling leaves padding out of the mean, and Mixed_7c pools by maximum. Both look like oversights;
 * both are kept, or scores are not comparable.
 */

export interface ConvStep {
  readonly kind: "conv";
  readonly name: string;
  readonly outputs: number;
  /** Height and width of the filter. */
  readonly kernel: readonly [number, number];
  readonly stride: 1 | 2;
  /** "same" keeps the size: (kernel − 1) / 2 zeros on each side. */
  readonly pad: "same" | "valid";
}

/** Pooling over windows of 3x3; those of stride 1 keep the size. */
export interface PoolStep {
  readonly kind: "max" | "average";
  readonly stride: 1 | 2;
}

/** Paths from the same input, their outputs joined along channels. */
export interface ForkStep {
  readonly kind: "fork";
  readonly paths: readonly Path[];
}

export type Step = ConvStep | PoolStep | ForkStep;
export type Path = readonly Step[];

/** Where features can be taken: the number of channels there. */
export const inceptionLayers = [64, 192, 768, 2048] as const;

export type InceptionLayer = (typeof inceptionLayers)[number];

/** The network from its input, three channels, up to a layer. */
export function inceptionPath(layer: InceptionLayer): Path {
  const sections = inceptionSections();
  return inceptionLayers.filter((end) => end <= layer).flatMap((end) => sections[end]);
}

/** From layer to layer. */
function inceptionSections(): Readonly<Record<InceptionLayer, Path>> {
  return {
    64: [
      conv("Conv2d_1a_3x3", 32, [3, 3], { stride: 2, pad: "valid" }),
      conv("Conv2d_2a_3x3", 32, [3, 3], { pad: "valid" }),
      conv("Conv2d_2b_3x3", 64, [3, 3]),
      { kind: "max", stride: 2 },
    ],
    192: [
      conv("Conv2d_3b_1x1", 80, [1, 1]),
      conv("Conv2d_4a_3x3", 192, [3, 3], { pad: "valid" }),
      { kind: "max", stride: 2 },
    ],
    768: [
      blockA("Mixed_5b", 32),
      blockA("Mixed_5c", 64),
      blockA("Mixed_5d", 64),
      blockB("Mixed_6a"),
      blockC("Mixed_6b", 128),
      blockC("Mixed_6c", 160),
      blockC("Mixed_6d", 160),
      blockC("Mixed_6e", 192),
    ],
    2048: [blockD("Mixed_7a"), blockE("Mixed_7b", "average"), blockE("Mixed_7c", "max")],
  };
}

/** 35x35; figure 5 of the paper, with one 5x5 filter. */
function blockA(name: string, poolOutputs: number): ForkStep {
  return fork(name, [
    [conv("branch1x1", 64, [1, 1])],
    [conv("branch5x5_1", 48, [1, 1]), conv("branch5x5_2", 64, [5, 5])],
    [
      conv("branch3x3dbl_1", 64, [1, 1]),
      conv("branch3x3dbl_2", 96, [3, 3]),
      conv("branch3x3dbl_3", 96, [3, 3]),
    ],
    [{ kind: "average", stride: 1 }, conv("branch_pool", poolOutputs, [1, 1])],
  ]);
}

/** 35x35 to 17x17. */
function blockB(name: string): ForkStep {
  return fork(name, [
    [conv("branch3x3", 384, [3, 3], { stride: 2, pad: "valid" })],
    [
      conv("branch3x3dbl_1", 64, [1, 1]),
      conv("branch3x3dbl_2", 96, [3, 3]),
      conv("branch3x3dbl_3", 96, [3, 3], { stride: 2, pad: "valid" }),
    ],
    [{ kind: "max", stride: 2 }],
  ]);
}

/** 17x17; figure 6 with n = 7. */
function blockC(name: string, width: number): ForkStep {
  return fork(name, [
    [conv("branch1x1", 192, [1, 1])],
    [
      conv("branch7x7_1", width, [1, 1]),
      conv("branch7x7_2", width, [1, 7]),
      conv("branch7x7_3", 192, [7, 1]),
    ],
    [
      conv("branch7x7dbl_1", width, [1, 1]),
      conv("branch7x7dbl_2", width, [7, 1]),
      conv("branch7x7dbl_3", width, [1, 7]),
      conv("branch7x7dbl_4", width, [7, 1]),
      conv("branch7x7dbl_5", 192, [1, 7]),
    ],
    [{ kind: "average", stride: 1 }, conv("branch_pool", 192, [1, 1])],
  ]);
}

/** 17x17 to 8x8. */
function blockD(name: string): ForkStep {
  return fork(name, [
    [
      conv("branch3x3_1", 192, [1, 1]),
      conv("branch3x3_2", 320, [3, 3], { stride: 2, pad: "valid" }),
    ],
    [
      conv("branch7x7x3_1", 192, [1, 1]),
      conv("branch7x7x3_2", 192, [1, 7]),
      conv("branch7x7x3_3", 192, [7, 1]),
      conv("branch7x7x3_4", 192, [3, 3], { stride: 2, pad: "valid" }),
    ],
    [{ kind: "max", stride: 2 }],
  ]);
}

/** 8x8; figure 7. */
function blockE(name: string, pool: "average" | "max"): ForkStep {
  return fork(name, [
    [conv("branch1x1", 320, [1, 1])],
    [
      conv("branch3x3_1", 384, [1, 1]),
      {
        kind: "fork",
        paths: [[conv("branch3x3_2a", 384, [1, 3])], [conv("branch3x3_2b", 384, [3, 1])]],
      },
    ],
    [
      conv("branch3x3dbl_1", 448, [1, 1]),
      conv("branch3x3dbl_2", 384, [3, 3]),
      {
        kind: "fork",
        paths: [[conv("branch3x3dbl_3a", 384, [1, 3])], [conv("branch3x3dbl_3b", 384, [3, 1])]],
      },
    ],
    [{ kind: pool, stride: 1 }, conv("branch_pool", 192, [1, 1])],
  ]);
}

function conv(
  name: string,
  outputs: number,
  kernel: readonly [number, number],
  { stride = 1, pad = "same" }: Partial<Pick<ConvStep, "stride" | "pad">> = {},
): ConvStep {
  return { kind: "conv", name, outputs, kernel, stride, pad };
}

/** A block: its convolutions are named after it. */
function fork(prefix: string, paths: readonly Path[]): ForkStep {
  const named = (step: Step): Step => {
    if (step.kind === "conv") return { ...step, name: `${prefix}.${step.name}` };
    if (step.kind === "fork") return fork(prefix, step.paths);
    return step;
  };
  return { kind: "fork", paths: paths.map((path) => path.map(named)) };
}
