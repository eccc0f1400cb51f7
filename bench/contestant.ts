/** Who is measured: our engine, and the same networks in other tools. */

export interface Contestant {
  readonly id: string;
  /** In tables. */
  readonly title: string;
  readonly family: "ours" | "eager" | "compile" | "jax";
  /** What makes its process. */
  readonly command: (task: Task) => Command;
  /** The module that its Python must have. */
  readonly needs?: "torch" | "jax";
}

export interface Task {
  readonly network: string;
  /** File of parameters and data, see problem.ts. */
  readonly problem: string;
  readonly threads: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export const peerIds = ["contiguous", "channels_last", "compile", "autotune", "jax"] as const;
export type PeerId = typeof peerIds[number];

/** No folders of byte code beside the scripts. */
const pythonEnvironment = { PYTHONDONTWRITEBYTECODE: "1" };

/**
 * What makes PyTorch fast on few cores, found by trying: a short spin in OpenMP barriers, and
 * memory that the allocator keeps. Without them the comparison would flatter us.
 */
const torchEnvironment = {
  ...pythonEnvironment,
  GOMP_SPINCOUNT: "2000",
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: "100000000000",
};

/**
 * @param block NCHWc block to force; absent: the one of the processor. A block of 8 comes with the kernels of
 * processors that have AVX2 and no AVX-512.
 */
export function ourContestant(block?: 0 | 8 | 16): Contestant {
  const forced = block === undefined
    ? []
    : ["--block", `${block}`, ...(block === 8 ? ["--no-avx512"] : [])];
  const script = pathOf("measure.ts");
  return {
    id: block === undefined ? "ours" : `ours-${block}`,
    title: block === undefined
      ? "ours"
      : block === 0
      ? "ours, portable"
      : `ours, block ${block}${block === 8 ? " (AVX2)" : ""}`,
    family: "ours",
    command: ({ network, threads }) => ({
      program: Deno.execPath(),
      args: [
        ...["run", "-A", "--no-check", script],
        ...["--network", network, "--threads", `${threads}`, ...forced],
      ],
      env: {},
    }),
  };
}

/** @param python Interpreter that has the peer's library. */
export function peerContestant(id: PeerId, python: string): Contestant {
  switch (id) {
    case "contiguous":
      return torch(id, "eager", "PyTorch eager, contiguous", python, "contiguous");
    case "channels_last":
      return torch(id, "eager", "PyTorch eager, channels_last", python, "channels_last");
    case "compile":
      return torch(id, "compile", "torch.compile", python, "channels_last", "default");
    case "autotune":
      return torch(
        id,
        "compile",
        "torch.compile, max-autotune",
        python,
        "channels_last",
        "max-autotune-no-cudagraphs",
      );
    case "jax":
      return {
        id,
        title: "JAX jit",
        family: "jax",
        needs: "jax",
        command: (task) => ({
          program: python,
          args: ["-W", "ignore", pathOf("peers/jax/measure.py"), ...flags(task)],
          env: pythonEnvironment,
        }),
      };
  }
}

function torch(
  id: PeerId,
  family: "eager" | "compile",
  title: string,
  python: string,
  format: "contiguous" | "channels_last",
  compile?: "default" | "max-autotune-no-cudagraphs",
): Contestant {
  const script = pathOf("peers/torch/measure.py");
  return {
    id,
    title,
    family,
    needs: "torch",
    command: (task) => ({
      program: python,
      args: [
        ...["-W", "ignore", script, ...flags(task), "--format", format],
        ...(compile === undefined ? [] : ["--compile", compile]),
      ],
      env: torchEnvironment,
    }),
  };
}

function flags({ network, problem, threads }: Task): string[] {
  return ["--network", network, "--problem", problem, "--threads", `${threads}`];
}

function pathOf(relative: string): string {
  return new URL(relative, import.meta.url).pathname;
}
