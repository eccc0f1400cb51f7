/** What run this is and how it ended, on one screen. */

import type { StageState } from "../pipelines/event.ts";
import { formatSeconds } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import type { ReportView } from "./section.ts";
import { RUN_MARKS, STAGE_MARKS, stateMark } from "./state_mark.ts";

const STATES: readonly StageState[] = ["ran", "cached", "failed", "skipped"];

export function header({ record }: ReportView): Markup {
  const counts = STATES.flatMap((state) => {
    const count = record.stages.filter((stage) => stage.state === state).length;
    return count === 0 ? [] : [markup`${count} ${STAGE_MARKS[state].word}`];
  });
  const failed = record.stages.filter((stage) => stage.state === "failed");
  return markup`<header>
<p class="brand">Zoetrope run</p>
<h1>${record.name}</h1>
<p class="facts">${stateMark(RUN_MARKS[record.status])}
<span>${formatSeconds(record.seconds)}</span>
<span>seed ${record.seed}</span>
<span>stages: ${counts.map((count, i) => [i > 0 && ", ", count])}${
    counts.length === 0 && "none"
  }</span></p>
${
    failed.map(({ name, uses, message }) =>
      markup`
        <div class="failure" role="note">
          <p><strong>Stage ${name}</strong> (${uses}) failed.</p>
          <pre>${message ?? "It left no message."}</pre>
        </div>
      `
    )
  }</header>`;
}
