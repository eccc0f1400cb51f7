/** `worker <job file>`: runs one stage for an executor; nobody types it. */

import { artifactKinds } from "../artifacts/mod.ts";
import { serveJob } from "../pipelines/run/executors/serve_job.ts";
import type { Host } from "./verb.ts";

export async function workerVerb(jobFile: string, { loadStages }: Host): Promise<number> {
  return await serveJob(jobFile, { stages: await loadStages(), kinds: artifactKinds });
}
