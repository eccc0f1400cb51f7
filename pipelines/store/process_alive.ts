/** Whether a process of this host still runs, and is not another that got its number. */

import process from "node:process";

/** Two clocks and `ps`'s whole seconds may differ by this much. */
const TOLERANCE_MS = 5000;

/** procps 4.0 takes an age of a few ms below zero for one of a million years, right after a start. */
const LONGEST_AGE_MS = 100 * 365 * 86_400_000;

/**
 * Whether process `pid` runs and is the one that ran at `startedMs` (ms since 1970), soon after its start.
 *
 * It may have started long before, when loading its code took its time; another process that got the number
 * started after. Where `ps` is missing the number alone decides.
 */
export async function isProcessAlive(pid: number, startedMs: number): Promise<boolean> {
  if (!hasProcess(pid)) return false;
  const ageMs = await ageOf(pid);
  if (ageMs === undefined) return hasProcess(pid);
  return Date.now() - ageMs - startedMs < TOLERANCE_MS;
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH") return false;
    if (code === "EPERM") return true;
    throw error;
  }
}

/** Age by `ps`, whose `etime` is in POSIX ([[dd-]hh:]mm:ss); undefined when it cannot tell. A zombie is gone. */
async function ageOf(pid: number): Promise<number | undefined> {
  const command = new Deno.Command("ps", { args: ["-o", "stat=,etime=", "-p", String(pid)] });
  try {
    const { stdout } = await command.output();
    const [state, elapsed] = new TextDecoder().decode(stdout).trim().split(/\s+/);
    if (state?.startsWith("Z")) return Infinity;
    if (elapsed === undefined) return undefined;
    const [days, clock] = elapsed.includes("-") ? elapsed.split("-") : ["0", elapsed];
    const seconds = (clock ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    const ageMs = (Number(days) * 86400 + seconds) * 1000;
    return ageMs > LONGEST_AGE_MS ? 0 : ageMs;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
