/** Runs a script of the bench in a process of its own and reads the JSON that it prints. */
export async function runScript<Result>(
  script: string,
  args: readonly string[],
  flags: readonly string[] = [],
): Promise<Result> {
  const path = new URL(script, import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...flags, path, ...args],
  }).output();
  if (success) return JSON.parse(new TextDecoder().decode(stdout));
  throw new Error(`Cannot run bench/${script}: it failed\n${new TextDecoder().decode(stderr)}`);
}
