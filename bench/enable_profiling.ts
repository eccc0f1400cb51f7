/** Lets ONNX Runtime write profiles of sessions: a switch that the engine has no need for. */

import { findLibrary } from "../engine/onnx/runtime/library_path.ts";
import { cString, ortApi } from "../engine/onnx/runtime/ort_api.ts";

/** Position of EnableProfiling in `OrtApi`, to which releases only append. */
const enableProfilingIndex = 14;
const pointerSize = 8;
const apiVersion = 16;

/**
 * Sessions made from now on write `<prefix>_<time>.json` when they are released.
 * @returns Ends that for later sessions.
 */
export function enableProfiling(prefix: string): () => void {
  const api = ortApi();
  const original = api.createSessionOptions;
  const enable = enableProfilingFunction();
  const path = cString(prefix);
  api.createSessionOptions = (out) => {
    original(out);
    if (!(out instanceof BigUint64Array)) {
      throw new TypeError("Internal error: no place for options");
    }
    const status = enable.call(Deno.UnsafePointer.create(out[0] ?? 0n), path);
    if (status !== null) throw new Error("Cannot profile: ONNX Runtime refuses to");
  };
  return () => {
    api.createSessionOptions = original;
  };
}

function enableProfilingFunction() {
  const { symbols } = Deno.dlopen(findLibrary().path, {
    OrtGetApiBase: { parameters: [], result: "pointer" },
  });
  const base = new Deno.UnsafePointerView(nonNull(symbols.OrtGetApiBase()));
  const getApi = { parameters: ["u32"], result: "pointer" } as const;
  const api = new Deno.UnsafeFnPointer(nonNull(base.getPointer(0)), getApi).call(apiVersion);
  const table = new Deno.UnsafePointerView(nonNull(api));
  const definition = { parameters: ["pointer", "buffer"], result: "pointer" } as const;
  const offset = enableProfilingIndex * pointerSize;
  const entry = nonNull(table.getPointer<typeof definition>(offset));
  return new Deno.UnsafeFnPointer(entry, definition);
}

function nonNull<T>(pointer: Deno.PointerValue<T>): Deno.PointerObject<T> {
  if (pointer === null) throw new Error("Internal error: ONNX Runtime returned a null pointer");
  return pointer;
}
