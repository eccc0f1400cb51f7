/** Verbs for the store: `gc`, `verify`, `cache`, `export`. */

import type { Command } from "commander";
import { addVerb } from "./add_verb.ts";
import type { CacheStatArguments, CacheUnlockArguments } from "./cache.ts";
import type { ExitCode } from "./exit_code.ts";
import type { ExportArguments } from "./export.ts";
import type { GcArguments } from "./gc.ts";
import { importVerb } from "./import_verb.ts";
import { modelOptions } from "./model_options.ts";
import { append, configOptions, engineOptions, jsonOption, storeOptions } from "./options.ts";
import { byteSize, timeSpan } from "./store_options.ts";
import type { Host } from "./verb.ts";
import type { VerifyArguments } from "./verify.ts";

/** Adds them to the program. */
export function addStoreVerbs(
  program: Command,
  host: Host,
  setCode: (code: ExitCode) => void,
): void {
  const stored = [storeOptions, jsonOption];
  const runs = ["--runs <folder>", "runs that count besides those that the store knows"] as const;
  addVerb(program, "gc", "remove results that no run and no lock file names", stored)
    .option("--dry-run", "tell what would go, remove nothing", false)
    .option("--max-size <size>", "instead: the least recently used, until it fits", byteSize)
    .option("--max-age <time>", "instead: what was not used for so long", timeSpan)
    .option("--grace <time>", "keep what was used within this time (default: 1h)", timeSpan)
    .option(...runs, "runs")
    .option("--forget <root>", "runs or a lock file that are gone for good", append, [])
    .action(async (options: GcArguments) => {
      const { gcVerb } = await importVerb<typeof import("./gc.ts")>("gc.ts");
      setCode(await gcVerb(options, host));
    });
  addVerb(program, "verify", "read the whole store and find what is damaged", stored)
    .action(async (options: VerifyArguments) => {
      const { verifyVerb } = await importVerb<typeof import("./verify.ts")>("verify.ts");
      setCode(verifyVerb(options, host));
    });
  const cache = program.command("cache").description("show what the store holds, or unlock it")
    .copyInheritedSettings(program).helpCommand(false);
  addVerb(cache, "stat", "count what the store holds", stored)
    .option(...runs, "runs")
    .action(async (options: CacheStatArguments) => {
      const { cacheStatVerb } = await importVerb<typeof import("./cache.ts")>("cache.ts");
      setCode(await cacheStatVerb(options, host));
    });
  addVerb(cache, "unlock [key]", "remove leases that nobody holds, or those of a key", stored)
    .action(async (key: string | undefined, options: Omit<CacheUnlockArguments, "key">) => {
      const { cacheUnlockVerb } = await importVerb<typeof import("./cache.ts")>("cache.ts");
      setCode(await cacheUnlockVerb({ ...options, ...(key !== undefined && { key }) }, host));
    });
  addVerb(
    program,
    "export <what...>",
    "write an artifact into a folder, or a network into a file",
    [
      configOptions,
      engineOptions,
      ...stored,
      modelOptions,
    ],
  )
    .usage("[options] <config|run> <stage.output> <folder|file>")
    .option("--replace", "remove what is in the folder, or the file", false)
    .addHelpText("after", EXPORT_HELP)
    .action(async (words: string[], options: Omit<ExportArguments, "words">) => {
      const { exportVerb } = await importVerb<typeof import("./export.ts")>("export.ts");
      setCode(await exportVerb({ ...options, words }, host));
    });
}

const EXPORT_HELP = `
  export configs/x.yaml samples.clips clips/   the result that a run would use
  export runs/latest samples.clips clips/      the result of a run
  export runs/latest/samples.clips clips/      the same
  export 3fa9c1 clips/                         an artifact by its digest
  export runs/latest model.weights out.onnx --onnx --part denoiser
                                               a function of a trained network, for any ONNX runtime
  export runs/latest model.weights out.safetensors --safetensors
                                               its weights, for any reader of safetensors
`;
