/** Lets ONNX Runtime believe that the processor has no AVX-512, to measure what older ones do. */

import { findLibrary } from "../engine/onnx/runtime/library_path.ts";

/** x86: xgetbv, which reads the register states that the system saves. */
const xgetbv = [0x0f, 0x01, 0xd0];
/** x86: test al, 0xe0, on the complement of those bits: zero where AVX-512's three states are saved. */
const testAvx512 = [0xa8, 0xe0];
/** The same with the bits of MPX, which no system saves any more: never zero. */
const testNever = 0xf8;
/** Bytes of machine code between the two. */
const distance = 1024;

/**
 * Loads, from now on, a copy of the library in which one test always fails, that for AVX-512 in its matrix routines.
 *
 * The library has no switch for this. Call it before the first engine is created.
 * @throws {Error} When the library does not have exactly one such test.
 */
export function forbidAvx512(): void {
  const { path } = findLibrary();
  const copy = Deno.makeTempFileSync({ prefix: "zoetrope-bench-", suffix: ".so" });
  const bytes = Deno.readFileSync(path);
  bytes[findTest(bytes) + 1] = testNever;
  Deno.writeFileSync(copy, bytes);
  const original = Deno.dlopen;
  Deno.dlopen = (asked, symbols) => {
    if (asked !== path) return original(asked, symbols);
    try {
      return original(copy, symbols);
    } finally {
      // What is loaded stays, without its name.
      Deno.removeSync(copy);
    }
  };
}

/** Position of the one test for AVX-512 that follows a look at the register states. */
export function findTest(code: Uint8Array): number {
  const found = new Set<number>();
  for (let at = find(code, xgetbv, 0); at >= 0; at = find(code, xgetbv, at + 1)) {
    const test = find(code.subarray(0, at + distance), testAvx512, at);
    if (test >= 0) found.add(test);
  }
  const [position] = found;
  if (found.size === 1 && position !== undefined) return position;
  throw new Error(
    `Cannot forbid AVX-512: the library must test for it once, but does so ${found.size} times`,
  );
}

/** Where the pattern begins, at `from` or later, or -1. */
function find(bytes: Uint8Array, pattern: readonly number[], from: number): number {
  const [first = 0, ...rest] = pattern;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (rest.every((byte, i) => bytes[at + 1 + i] === byte)) return at;
  }
  return -1;
}
