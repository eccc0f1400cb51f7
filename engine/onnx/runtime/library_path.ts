/** Where the package onnxruntime-node keeps ONNX Runtime's shared library. */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface Library {
  readonly path: string;
  /** Version of the package, which is that of the library. */
  readonly version: string;
}

/** File name of the library by operating system, as the package lays them out. */
const fileNames: Readonly<Record<string, string>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  windows: "onnxruntime.dll",
};

const platformNames: Readonly<Record<string, string>> = {
  linux: "linux",
  darwin: "darwin",
  windows: "win32",
};

const architectureNames: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** @throws {Error} When the package has no library for this platform. */
export function findLibrary(): Library {
  const { os, arch } = Deno.build;
  const file = fileNames[os];
  const platform = platformNames[os];
  const architecture = architectureNames[arch];
  if (file === undefined || platform === undefined || architecture === undefined) {
    throw new Error(
      `Cannot load ONNX Runtime: it requires linux, darwin or windows, but this is ${os} ${arch}`,
    );
  }
  const require = createRequire(import.meta.url);
  const packageFile = require.resolve("onnxruntime-node/package.json");
  const { version }: { version: string } = require("onnxruntime-node/package.json");
  const path = join(dirname(packageFile), "bin", "napi-v6", platform, architecture, file);
  return { path, version };
}

/** Whether the package has a library for this platform. */
export function isLibraryPresent(): boolean {
  const { os, arch } = Deno.build;
  return fileNames[os] !== undefined && architectureNames[arch] !== undefined &&
    !(os === "darwin" && arch === "x86_64");
}
