/** The environment of a stage's process: what programs need to start, and none of the user's secrets. */

import type { StagePermissions } from "../../stage.ts";

/** Where Deno finds its cache, and the system its libraries, devices and folders. */
const PASSED = [
  "PATH",
  "HOME",
  "USERPROFILE",
  "LOCALAPPDATA",
  "SystemRoot",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "XDG_CACHE_HOME",
  "DENO_DIR",
  "DENO_V8_FLAGS",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "CUDA_VISIBLE_DEVICES",
  "VK_DRIVER_FILES",
  "VK_ICD_FILENAMES",
] as const;

/** Proxies and certificates; an address of a proxy may hold a password. */
const PASSED_FOR_NETWORK = [
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
] as const;

/**
 * Those of this process's variables that a stage's process gets. A stage may read none of them without
 * a permission; native code under it may read all, so there must be nothing to find.
 */
export function childEnvironment({ net }: StagePermissions): Record<string, string> {
  const names = net === undefined ? PASSED : [...PASSED, ...PASSED_FOR_NETWORK];
  const found = names.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(
    found.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
  );
}
