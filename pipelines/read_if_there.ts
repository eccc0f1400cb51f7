/** Reading what another process may remove at any time: that it is gone is an answer, no error. */

export function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return unlessGone(() => Deno.readFile(path));
}

export function readTextIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    return undefinedIfGone(error);
  }
}

/** Names in a folder, sorted; none when there is no folder. */
export function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    return undefinedIfGone(error) ?? [];
  }
}

async function unlessGone<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    return undefinedIfGone(error);
  }
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  throw error;
}
