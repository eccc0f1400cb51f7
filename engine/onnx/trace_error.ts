/** Says of an error while tracing which operator failed on what, and in which line of the model. */

import type { WatchedOperator } from "./watch_operators.ts";

/** Operators that fail keep their callers' lines out of V8's default of ten. */
const stackDepth = 60;

/** The folder that has `engine/` in it; a model's lines are named from there. */
const root = new URL("../../", import.meta.url).href;
const engineFolder = new URL("../", import.meta.url).href;

/** Calls `trace` such that errors know enough of their callers. */
export function withDeepStacks<Result>(trace: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = stackDepth;
  try {
    return trace();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * The error with program and line, if tfjs or the engine threw it; else the error itself, because a
 * model's own errors say what they mean.
 */
export function explainTraceError(
  error: unknown,
  program: string,
  operator: WatchedOperator | undefined,
): unknown {
  if (!(error instanceof Error)) return error;
  const frames = framesOf(error);
  const [first] = frames;
  if (first === undefined || isModel(first)) return error;
  const caller = frames.find(isModel);
  const subject = error.message.startsWith("Cannot ")
    ? error.message
    : `Cannot compile "${program}": ${describe(operator, error.message)}${error.message}`;
  const line = caller === undefined ? "" : `, at ${caller.place.replace(root, "")}`;
  const Kind = error instanceof TypeError ? TypeError : Error;
  return new Kind(subject + line, { cause: error });
}

/** "conv2d of [1,2,3,1] and [3,3,2,4]: ", unless the message says so already. */
function describe(operator: WatchedOperator | undefined, message: string): string {
  if (operator === undefined || operator.name === "" || message.startsWith(operator.name)) {
    return "";
  }
  const shapes = operator.shapes.map((shape) => `[${shape}]`).join(" and ");
  return `${operator.name}${shapes === "" ? "" : ` of ${shapes}`}: `;
}

interface Frame {
  /** Address, line and column. */
  readonly place: string;
}

/** Calls in files, innermost first. */
function framesOf({ stack = "" }: Error): Frame[] {
  return stack.split("\n").flatMap((line) => {
    const [, place] = /^\s+at (?:.*\()?((?:file|https?):.*?:\d+:\d+)\)?$/.exec(line) ?? [];
    return place === undefined ? [] : [{ place }];
  });
}

/** Whether a frame is neither tfjs's nor the engine's. */
function isModel({ place }: Frame): boolean {
  return !place.startsWith(engineFolder) && !place.includes("/node_modules/");
}
