/** Telling a stage that ran out of memory from one that somebody killed. */

/** What V8, C++ and the system say when there is no more memory. */
const SIGNS = /out of memory|Array buffer allocation failed|bad_alloc|Cannot allocate memory/i;

/** Whether an error's message, or a line that a process printed before it ended, complains of memory. */
export function saysLackOfMemory(text: string): boolean {
  return SIGNS.test(text);
}

/** Notices that Linux has killed a process for lack of memory; elsewhere nobody counts, and it never does. */
export class MemoryKills {
  #before: Promise<number> | undefined;

  /** Counts once, before anything can have been killed. */
  async watch(): Promise<void> {
    await (this.#before ??= countKills());
  }

  /** Whether there was one since the last time it was asked. */
  async hasGrown(): Promise<boolean> {
    const before = await this.#before ?? 0;
    this.#before = countKills();
    return await this.#before > before;
  }
}

async function countKills(): Promise<number> {
  if (Deno.build.os !== "linux") return 0;
  // Deno itself reads nothing in /proc without all permissions.
  const cat = new Deno.Command("cat", { args: ["/proc/vmstat"], stderr: "null" });
  try {
    return killsIn(new TextDecoder().decode((await cat.output()).stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** The line "oom_kill 3" of /proc/vmstat; 0 without one. */
export function killsIn(vmstat: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(vmstat)?.[1] ?? 0);
}
