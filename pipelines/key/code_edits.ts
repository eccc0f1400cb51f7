/** Edits between the moment a key was made and the moment a process had loaded the code. */

import { asKeyDocument } from "./explain.ts";
import type { KeyContext } from "./fingerprint.ts";
import type { Job } from "../run/job.ts";
import type { AnyStage } from "../stage.ts";

/**
 * Whether a process may run a job whose code it has just loaded: a sentence when some module is not what
 * the job's key says, since the result would be another code's. A later edit does not matter.
 */
export async function complainAboutEdits(
  stage: AnyStage,
  job: Job,
  { codeOf }: Pick<KeyContext, "codeOf">,
): Promise<string | undefined> {
  const before = asKeyDocument(job.document)?.code ?? {};
  const now = await codeOf(stage, true) ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => before[name] !== now[name]).sort();
  if (names.length === 0) return undefined;
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `Its code was edited while it started: ${names.slice(0, 3).join(", ")}${more}. ` +
    "Nothing was stored; run it again";
}
