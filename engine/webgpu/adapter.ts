/** The GPU that a program would run on. */

export interface FoundAdapter {
  readonly name: string;
  /** Whether it computes on the CPU: right, but slower than other backends. */
  readonly isSoftware: boolean;
}

/** Names of drivers without a GPU behind them. */
const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|software|basic render|warp/i;

/** The adapter that WebGPU prefers; undefined when there is none. */
export async function findAdapter(): Promise<FoundAdapter | undefined> {
  const { gpu } = navigator;
  if (gpu === undefined) return undefined;
  quietenEgl();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  return adapter === null ? undefined : describeAdapter(adapter.info);
}

/** EGL, which is asked too, complains on standard error where this is not set. */
function quietenEgl(): void {
  const name = "XDG_RUNTIME_DIR";
  const isLinux = Deno.build.os === "linux";
  if (isLinux && Deno.env.get(name) === undefined) Deno.env.set(name, "/tmp");
}

/** @param info As WebGPU gives it; software adapters call themselves fallbacks. */
export function describeAdapter(
  info: { readonly description: string; readonly isFallbackAdapter?: boolean },
): FoundAdapter {
  const name = info.description || "unnamed GPU";
  return { name, isSoftware: info.isFallbackAdapter === true || SOFTWARE.test(name) };
}
