/** Reading what another process may remove at any time: that it is gone is an answer, no error. */

/** Of records and notes, which have some kilobytes. */
const MAX_TEXT_BYTES = 2 ** 26;

export function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return unlessGone(() => Deno.readFile(path));
}

export function readTextIfThere(path: string): string | undefined {
  try {
    const { isFile, size } = Deno.lstatSync(path);
    // Neither followed, as a link, nor waited for, as a pipe, nor read into memory: nobody takes an empty text for a good one.
    if (!isFile || size > MAX_TEXT_BYTES) return "";
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
