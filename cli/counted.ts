/** Numbers of things. */

/** `1 result`, `2 results`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
