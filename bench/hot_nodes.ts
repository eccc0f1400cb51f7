/** Where a step's time goes, by ONNX Runtime's profiler. */

export interface HotNode {
  /** Operator, or operator with the shapes of its results. */
  readonly what: string;
  readonly count: number;
  /** In one step. */
  readonly ms: number;
  /** Of the time of all nodes, in [0, 1]. */
  readonly share: number;
}

export interface HotNodes {
  /** All operators, the hottest first. */
  readonly operators: readonly HotNode[];
  /** The hottest kinds of node: operator, shapes of inputs and results. */
  readonly kinds: readonly HotNode[];
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly ts: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

const shownKinds = 12;

/**
 * @param profile Text of ONNX Runtime's file: events of all runs of a session.
 * @param skipped Runs at the start that do not count.
 */
export function hotNodes(profile: string, skipped: number): HotNodes {
  const events: readonly ProfileEvent[] = JSON.parse(profile);
  const runs = events.filter(({ name }) => name === "model_run")
    .sort((a, b) => a.ts - b.ts).slice(skipped);
  const start = runs[0]?.ts ?? 0;
  const kernels = events.filter(({ cat, name, ts }) =>
    cat === "Node" && name.endsWith("_kernel_time") && ts >= start
  );
  return {
    operators: grouped(kernels, runs.length, (event) => event.args?.op_name ?? "?"),
    kinds: grouped(kernels, runs.length, kindOf).slice(0, shownKinds),
  };
}

function grouped(
  events: readonly ProfileEvent[],
  runs: number,
  keyOf: (event: ProfileEvent) => string,
): HotNode[] {
  const sums = new Map<string, { count: number; us: number }>();
  let all = 0;
  for (const event of events) {
    const sum = sums.get(keyOf(event)) ?? { count: 0, us: 0 };
    sums.set(keyOf(event), { count: sum.count + 1, us: sum.us + event.dur });
    all += event.dur;
  }
  return [...sums]
    .map(([what, { count, us }]) => ({
      what,
      count: count / runs,
      ms: us / 1000 / runs,
      share: us / all,
    }))
    .sort((a, b) => b.ms - a.ms);
}

function kindOf({ args }: ProfileEvent): string {
  const shapes = (list: readonly Readonly<Record<string, readonly number[]>>[] = []) =>
    list.map((typed) => `[${Object.values(typed)[0] ?? ""}]`).join(" ");
  return `${args?.op_name} ${shapes(args?.input_type_shape)} -> ${shapes(args?.output_type_shape)}`;
}
