/** Versions and machine, as a run records them; for people, nothing of it is hashed. */

import { cpus } from "node:os";
import manifest from "../deno.json" with { type: "json" };
import type { ResolvedEngine } from "./engine_choice.ts";

export function gatherProvenance({ choice, facts }: ResolvedEngine): Record<string, string> {
  const cores = navigator.hardwareConcurrency;
  return {
    zoetrope: manifest.version,
    deno: Deno.version.deno,
    engine: facts.version,
    backend: facts.backend,
    threads: String(choice.threads === 0 ? cores : choice.threads),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: String(cores),
    platform: `${Deno.build.os} ${Deno.build.arch}`,
    started: new Date().toISOString(),
  };
}
