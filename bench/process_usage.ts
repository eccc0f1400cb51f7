/** What this process has used so far. */

import process from "node:process";

/** Processor time of all threads. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The most memory the process has held, where the system tells; else what it holds now. */
export function peakRssMb(): number {
  return statusMb("VmHWM") ?? Deno.memoryUsage().rss / 2 ** 20;
}

/** Memory that the process holds now. */
export function rssMb(): number {
  return statusMb("VmRSS") ?? Deno.memoryUsage().rss / 2 ** 20;
}

function statusMb(field: string): number | undefined {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
