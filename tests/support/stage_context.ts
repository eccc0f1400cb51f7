/** What stages receive, without a pipeline. */

import type { MediaItem } from "../../artifacts/media.ts";
import type { EngineChoice, InputArtifact, OpenFolder, Progress } from "../../pipelines/stage.ts";
import { MemoryCheckpoint } from "./memory_checkpoint.ts";

/** An input that is already loaded. */
export function input<Value>(value: Value, digest = "0123456789abcdef"): InputArtifact<Value> {
  return { digest, load: () => Promise.resolve(value) };
}

/** Everything of a stage's context but `params` and `inputs`; warnings and previews are kept. */
export function stageContext(engine: EngineChoice, seed = 417n) {
  const warnings: string[] = [];
  const previews: MediaItem[] = [];
  return {
    warnings,
    previews,
    context: {
      seed,
      engine,
      progress: (_progress: Progress) => {},
      warn: (message: string) => {
        warnings.push(message);
      },
      preview: (item: MediaItem) => {
        previews.push(item);
      },
      checkpoint: new MemoryCheckpoint(),
      signal: new AbortController().signal,
      openFile: (path: string): Promise<Uint8Array> =>
        Promise.reject(new Error(`Cannot open "${path}": there is no such file in this test`)),
      openFolder: (path: string): Promise<OpenFolder> =>
        Promise.reject(new Error(`Cannot open "${path}": there is no such folder in this test`)),
    },
  };
}
