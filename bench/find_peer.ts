/** Whether a peer's library is there. */

/** @returns The module's version, or why there is none. */
export async function findModule(
  python: string,
  module: "torch" | "jax",
): Promise<{ readonly version: string } | { readonly missing: string }> {
  const code = `import ${module}; print(${module}.__version__)`;
  try {
    const { success, stdout } = await new Deno.Command(python, {
      args: ["-W", "ignore", "-c", code],
      stderr: "null",
    }).output();
    if (success) return { version: new TextDecoder().decode(stdout).trim() };
    return { missing: `"${python}" has no ${module} (--python names another)` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { missing: `there is no "${python}"` };
    throw error;
  }
}
