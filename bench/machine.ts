/** Facts about the machine that every table needs beside it. */

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
}

export function describeMachine(): Machine {
  return {
    processor: processorName(),
    cores: navigator.hardwareConcurrency,
    memoryGb: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    system: `${Deno.build.os} ${Deno.osRelease()}, Deno ${Deno.version.deno}`,
  };
}

/** Name and widest vector unit, where /proc/cpuinfo tells. */
function processorName(): string {
  try {
    const text = Deno.readTextFileSync("/proc/cpuinfo");
    const name = /^model name\s*:\s*(.*)$/m.exec(text)?.[1] ?? Deno.build.arch;
    const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(text)?.[1]?.split(" "));
    const unit = ["avx512f", "avx2"].find((flag) => flags.has(flag));
    return unit === undefined ? name : `${name}, ${unit}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Deno.build.arch;
    throw error;
  }
}
