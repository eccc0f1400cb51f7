/** The process-wide objects of ONNX Runtime: its environment and the description of CPU memory. */

import { cString, type Handle, ortApi, outHandle } from "./ort_api.ts";

/** ORT_LOGGING_LEVEL_FATAL: failures come back as statuses, what is logged would go to stderr. */
export const logFailures = 4;

let created: { readonly environment: Handle; readonly cpuMemory: Handle } | undefined;

export function environment(): Handle {
  return get().environment;
}

export function cpuMemory(): Handle {
  return get().cpuMemory;
}

function get() {
  const api = ortApi();
  return created ??= {
    environment: outHandle((out) => api.createEnv(logFailures, cString("zoetrope"), out)),
    // OrtDeviceAllocator = 0 and OrtMemTypeDefault = 0.
    cpuMemory: outHandle((out) => api.createCpuMemoryInfo(0, 0, out)),
  };
}
