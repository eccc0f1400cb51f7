/** Reading many files of which some may be broken. */

/** Problems that a warning names. */
const NAMED = 10;

/**
 * What `read` gives; undefined when it throws and that is to be skipped, with the reason among the problems.
 * @throws {Error} Naming what cannot be used and why, unless such are skipped.
 */
export async function attempt<Value>(
  name: string,
  read: () => Value | Promise<Value>,
  { broken, problems }: { readonly broken: "fail" | "skip"; readonly problems: string[] },
): Promise<Value | undefined> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (broken === "fail") throw new Error(`Cannot use "${name}": ${reason}`, { cause });
    problems.push(`"${name}": ${reason}`);
    return undefined;
  }
}

/** @param all How many there are and of what: "12 pictures". */
export function describeProblems(problems: readonly string[], all: string): string {
  const named = problems.slice(0, NAMED).join("; ");
  const rest = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : "";
  return `Skipped ${problems.length} of ${all}: ${named}${rest}`;
}
