/** What an import of a module leads to, by the rules of Deno's import maps. */

import { dirname, join } from "node:path/posix";

/** Names that modules may import, as `imports` of a `deno.json` has them. */
export type ImportMap = Readonly<Record<string, string>>;

export type ImportTarget =
  /** A file of the project; relative to the import map's folder. */
  | { readonly kind: "file"; readonly path: string }
  /** Code from elsewhere: its name, and the pinned specifier that says which version. */
  | { readonly kind: "package"; readonly name: string; readonly pinned: string }
  /** Part of Deno. */
  | { readonly kind: "builtin" };

/**
 * @param from Path of the importing file, relative to the import map's folder.
 * @throws {Error} For a bare name that the import map does not have.
 */
export function resolveImport(specifier: string, from: string, imports: ImportMap): ImportTarget {
  if (/^\.{1,2}\//.test(specifier)) {
    return { kind: "file", path: join(dirname(from), specifier) };
  }
  const name = Object.keys(imports)
    .filter((key) => specifier === key || specifier.startsWith(key.replace(/\/?$/, "/")))
    .sort((a, b) => b.length - a.length)[0];
  const target = name === undefined ? undefined : imports[name];
  if (name !== undefined && target !== undefined) {
    if (!/^\.{1,2}\//.test(target)) return { kind: "package", name, pinned: target };
    return { kind: "file", path: join(target, specifier.slice(name.length)) };
  }
  if (specifier.startsWith("node:")) return { kind: "builtin" };
  if (/^[a-z]+:/.test(specifier)) return { kind: "package", name: specifier, pinned: specifier };
  throw new Error(
    `Cannot resolve "${specifier}", which ${from} imports: it must be in the import map`,
  );
}
