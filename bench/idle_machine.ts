/** Is anything else running? Times taken beside other work say nothing. */

interface CpuTimes {
  /** Ticks that any process used, and ticks in all, summed over cores. */
  readonly busy: number;
  readonly all: number;
}

/** Linux reports in units of 1/100 s on every architecture. */
const millisecondsPerTick = 10;

/**
 * Waits until the machine has been idle for a second, at most `patienceMs`.
 * @returns Whether it is idle; true where the system does not say.
 */
export async function waitForIdle(patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (let quiet = 0; quiet < 2;) {
    const before = await cpuTimes();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await cpuTimes();
    if (before === undefined || after === undefined) return true;
    const share = (after.busy - before.busy) / Math.max(1, after.all - before.all);
    quiet = share < 0.05 ? quiet + 1 : 0;
    if (quiet === 0 && performance.now() > deadline) return false;
  }
  return true;
}

/** Starts watching; the result tells how much of one core others used since, in [0, cores]. */
export async function watchForeignLoad(): Promise<
  (ownCpuMs: number) => Promise<number | undefined>
> {
  const before = await cpuTimes();
  const start = performance.now();
  return async (ownCpuMs) => {
    const after = await cpuTimes();
    if (before === undefined || after === undefined) return undefined;
    const busyMs = (after.busy - before.busy) * millisecondsPerTick;
    return Math.max(0, busyMs - ownCpuMs) / (performance.now() - start);
  };
}

/** The first line of /proc/stat: user nice system idle iowait irq softirq steal. */
async function cpuTimes(): Promise<CpuTimes | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile("/proc/stat");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const ticks = text.split("\n", 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, value) => sum + value, 0);
  const [, , , idle = 0, waiting = 0] = ticks;
  return { busy: all - idle - waiting, all };
}
