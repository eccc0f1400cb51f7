/** Verbs, imported when they are called. */

/**
 * Imports a file of this folder.
 *
 * Its name is computed, so that Deno does not see it: whatever Deno sees to be imported, even on demand, it
 * looks up before the program begins, and the files of all verbs together cost each of them 25 ms.
 */
export function importVerb<Module>(file: string): Promise<Module> {
  return import(new URL(file, import.meta.url).href);
}
