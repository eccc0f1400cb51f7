/** A timer for times that a person writes, which may be longer than `setTimeout` can count. */

/** Beyond 24.8 days `setTimeout` would call at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls `action` after `seconds`, or after 24.8 days; returns what cancels it. */
export function startTimer(seconds: number, action: () => void): () => void {
  const timer = setTimeout(action, Math.min(seconds * 1000, LONGEST_MS));
  return () => clearTimeout(timer);
}
