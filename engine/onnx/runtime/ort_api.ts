/**
 * ONNX Runtime's C API through Deno's foreign function interface.
 *
 * `OrtApi` is a struct of function pointers to which releases only append, so a function's index
 * in `onnxruntime_c_api.h` never changes. Each function returns a status; null means success.
 */

import { findLibrary } from "./library_path.ts";

/** The release of the struct that is asked for; later libraries serve it, too. */
const apiVersion = 16;

/** Bytes of an entry of the struct. */
const pointerSize = 8;

export type Handle = Deno.PointerValue;
export type OrtApi = ReturnType<typeof load>;

let loaded: OrtApi | undefined;

/**
 * The functions of the library, loaded once per process.
 * @throws {Error} When the library is missing or permission to load it is not granted.
 */
export function ortApi(): OrtApi {
  return loaded ??= load();
}

/** Calls a function that stores a handle behind its last argument, and returns the handle. */
export function outHandle(call: (out: BigUint64Array<ArrayBuffer>) => void): Handle {
  const out = new BigUint64Array(1);
  call(out);
  return Deno.UnsafePointer.create(out[0] ?? 0n);
}

/** A string with the zero byte that C asks for. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}

function load() {
  const library = findLibrary();
  const { symbols } = Deno.dlopen(library.path, {
    OrtGetApiBase: { parameters: [], result: "pointer" },
  });
  const base = new Deno.UnsafePointerView(nonNull(symbols.OrtGetApiBase()));
  const getApi = { parameters: ["u32"], result: "pointer" } as const;
  const table = new Deno.UnsafePointerView(
    nonNull(new Deno.UnsafeFnPointer(nonNull(base.getPointer(0)), getApi).call(apiVersion)),
  );
  const entry = <T>(index: number) => nonNull(table.getPointer<T>(index * pointerSize));

  const release = (index: number): (handle: Handle) => void => {
    const definition = { parameters: ["pointer"], result: "void" } as const;
    const callee = new Deno.UnsafeFnPointer(entry(index), definition);
    return (handle) => callee.call(handle);
  };
  const releaseStatus = release(93);
  const messageDefinition = { parameters: ["pointer"], result: "pointer" } as const;
  const messageOf = new Deno.UnsafeFnPointer(entry(2), messageDefinition);
  const check = (status: Handle): void => {
    if (status === null) return;
    const message = Deno.UnsafePointerView.getCString(nonNull(messageOf.call(status)));
    releaseStatus(status);
    throw new Error(`ONNX Runtime: ${message}`);
  };
  // Reflect.apply, because the argument types of a call cannot be resolved for generic parameters.
  const blocking = <const P extends readonly Deno.NativeType[]>(index: number, parameters: P) => {
    const callee = new Deno.UnsafeFnPointer(entry(index), { parameters, result: "pointer" });
    return (...args: Deno.ToNativeParameterTypes<P>): void =>
      check(Reflect.apply(callee.call, callee, args));
  };
  const nonBlocking = <const P extends readonly Deno.NativeType[]>(
    index: number,
    parameters: P,
  ) => {
    const definition = { parameters, result: "pointer", nonblocking: true } as const;
    const callee = new Deno.UnsafeFnPointer(entry(index), definition);
    return async (...args: Deno.ToNativeParameterTypes<P>): Promise<void> =>
      check(await Reflect.apply(callee.call, callee, args));
  };

  const sessionFromArray = ["pointer", "pointer", "usize", "pointer", "pointer"] as const;
  const run = [
    ...["pointer", "pointer", "pointer", "pointer"] as const,
    ...["usize", "pointer", "usize", "pointer"] as const,
  ] as const;
  return {
    version: library.version,
    createEnv: blocking(3, ["i32", "buffer", "buffer"]),
    createSession: blocking(8, sessionFromArray),
    createSessionAsync: nonBlocking(8, sessionFromArray),
    run: blocking(9, run),
    runAsync: nonBlocking(9, run),
    createSessionOptions: blocking(10, ["buffer"]),
    disableMemPattern: blocking(17, ["pointer"]),
    setLogSeverity: blocking(22, ["pointer", "i32"]),
    setOptimizationLevel: blocking(23, ["pointer", "i32"]),
    setIntraOpThreads: blocking(24, ["pointer", "i32"]),
    inputCount: blocking(30, ["pointer", "buffer"]),
    outputCount: blocking(31, ["pointer", "buffer"]),
    inputType: blocking(33, ["pointer", "usize", "buffer"]),
    outputType: blocking(34, ["pointer", "usize", "buffer"]),
    inputName: blocking(36, ["pointer", "usize", "pointer", "buffer"]),
    outputName: blocking(37, ["pointer", "usize", "pointer", "buffer"]),
    createTensor: blocking(49, [
      ...["pointer", "pointer", "usize", "buffer", "usize"] as const,
      ...["i32", "buffer"] as const,
    ]),
    tensorData: blocking(51, ["pointer", "buffer"]),
    typeAsTensor: blocking(55, ["pointer", "buffer"]),
    elementType: blocking(60, ["pointer", "buffer"]),
    dimensionCount: blocking(61, ["pointer", "buffer"]),
    dimensions: blocking(62, ["pointer", "buffer", "usize"]),
    tensorShape: blocking(65, ["pointer", "buffer"]),
    createCpuMemoryInfo: blocking(69, ["i32", "i32", "buffer"]),
    allocatorFree: blocking(76, ["pointer", "pointer"]),
    defaultAllocator: blocking(78, ["buffer"]),
    releaseSession: release(95),
    releaseValue: release(96),
    releaseTypeInfo: release(98),
    releaseShapeInfo: release(99),
    releaseSessionOptions: release(100),
    addSessionConfigEntry: blocking(130, ["pointer", "buffer", "buffer"]),
  };
}

function nonNull<T>(pointer: Deno.PointerValue<T>): Deno.PointerObject<T> {
  if (pointer === null) throw new Error("Internal error: ONNX Runtime returned a null pointer");
  return pointer;
}
