/** Which stages of a sweep a page shows pictures of: all of them would make a file of hundreds of megabytes. */

import type { RunRecord } from "../pipelines/run_record.ts";
import { baseOf } from "./sweep_table.ts";

/** Points of one stage whose pictures are embedded. */
const MAX_POINTS = 8;

/** Names of the stages whose pictures are left out: what comes after the first points of a sweep. */
export function stagesLeftOut({ stages, media, previews }: RunRecord): ReadonlySet<string> {
  const pictured = new Set([...media, ...previews].map(({ stage }) => stage));
  const swept = stages.filter(({ name, point }) => point !== undefined && pictured.has(name));
  const byBase = Map.groupBy(swept, ({ name }) => baseOf(name));
  return new Set(
    [...byBase.values()].flatMap((own) => own.slice(MAX_POINTS).map(({ name }) => name)),
  );
}
