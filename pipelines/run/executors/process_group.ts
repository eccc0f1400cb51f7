/** A process and all that it started, which it leads as a group. */

import process from "node:process";

/** Windows has no groups: there a process is killed alone. */
export const hasGroups = Deno.build.os !== "windows";

/** Sends a signal to every process of the group that `leader` leads; that there is none is no error. */
export function signalGroup(leader: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(hasGroups ? -leader : leader, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // EPERM: the number is another user's by now.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
