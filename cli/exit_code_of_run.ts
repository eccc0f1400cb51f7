/** What a run says when it ends. */

import type { FailureCause } from "../pipelines/event.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { ExitCode } from "./exit_code.ts";

/** @param stopped What a run that was stopped ends with. */
export function exitCodeOfRun({ status, stages }: RunRecord, stopped: ExitCode): ExitCode {
  const causes = stages.flatMap(({ state, cause }) => state === "failed" ? [cause] : []);
  const isAny = (wanted: FailureCause) => causes.includes(wanted);
  switch (status) {
    case "succeeded": {
      const isDeterministic = stages.every((stage) => stage.isDeterministic !== false);
      return isDeterministic ? ExitCode.done : ExitCode.stageFailed;
    }
    case "interrupted":
      return stopped;
    case "failed":
      if (isAny("frozen")) return ExitCode.frozenDiffers;
      return causes.every((cause) => cause === "lease")
        ? ExitCode.leaseTimeout
        : ExitCode.stageFailed;
    default:
      return status satisfies never;
  }
}
