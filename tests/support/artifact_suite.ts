/** What every kind of artifact must do. */

import assert from "node:assert/strict";
import type { ArtifactFiles, ArtifactKind } from "../../artifacts/artifact.ts";

export interface Damage {
  readonly name: string;
  readonly file: string;
  /** The file's bytes, damaged. */
  readonly damage: (bytes: Uint8Array) => Uint8Array;
  /** What the error must name. */
  readonly error: RegExp;
}

/** Registers the tests of one kind. `values` cover its optional parts; `same` is equal to the first. */
export function artifactSuite<Value>(
  kind: ArtifactKind<Value>,
  values: readonly Value[],
  same: Value,
  damages: readonly Damage[],
): void {
  const [first] = values;
  if (first === undefined) throw new Error("Internal error: a suite needs a value");

  Deno.test(`${kind.id}: decode(encode(value)) is the value`, async () => {
    for (const value of values) {
      assert.deepEqual(await kind.decode(filesOf(kind.encode(value))), value);
    }
  });

  Deno.test(`${kind.id}: equal values give equal bytes, whatever the order of their members`, () => {
    assert.deepEqual(sorted(kind.encode(same)), sorted(kind.encode(first)));
  });

  Deno.test(`${kind.id}: files have names that any file system can hold`, () => {
    for (const value of values) {
      for (const name of kind.encode(value).keys()) {
        assert.match(name, /^[a-z0-9][a-z0-9_.-]{0,63}$/);
      }
    }
  });

  for (const { name, file, damage, error } of damages) {
    Deno.test(`${kind.id}: decode() names ${name}`, async () => {
      const files = new Map(kind.encode(first));
      const bytes = files.get(file);
      assert.ok(bytes, `there is no file ${file}`);
      files.set(file, damage(bytes));
      await assert.rejects(kind.decode(filesOf(files)), (thrown: Error) => {
        assert.match(thrown.message, error);
        assert.ok(thrown.message.includes(`"${file}"`), `${thrown.message} must name ${file}`);
        return true;
      });
    });
  }
}

/** Cuts the last byte off. */
export function truncated(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, -1);
}

/** Replaces text in a file of JSON. */
export function replaced(from: string, to: string): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const text = new TextDecoder().decode(bytes);
    assert.ok(text.includes(from), `${text} must have ${from}`);
    return new TextEncoder().encode(text.replace(from, to));
  };
}

function filesOf(files: ReadonlyMap<string, Uint8Array>): ArtifactFiles {
  return {
    names: [...files.keys()],
    read(name) {
      const bytes = files.get(name);
      if (bytes === undefined) return Promise.reject(new Error(`There is no file "${name}"`));
      // At an odd place of a larger buffer, as a store may hand it out.
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      return Promise.resolve(shifted.subarray(1));
    },
  };
}

function sorted(files: ReadonlyMap<string, Uint8Array>) {
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1));
}
