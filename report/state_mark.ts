/** How states look everywhere in the report: an icon and a word, colour only on top. */

import type { RunStatus, StageState } from "../pipelines/event.ts";
import { type Markup, markup } from "./markup.ts";

interface Mark {
  readonly icon: string;
  readonly word: string;
  /** Class that picks the colour. */
  readonly tone: "good" | "calm" | "bad" | "faint";
}

export const STAGE_MARKS: Readonly<Record<StageState, Mark>> = {
  ran: { icon: "✓", word: "ran", tone: "good" },
  cached: { icon: "↺", word: "cached", tone: "calm" },
  failed: { icon: "✕", word: "failed", tone: "bad" },
  skipped: { icon: "–", word: "skipped", tone: "faint" },
};

export const RUN_MARKS: Readonly<Record<RunStatus, Mark>> = {
  succeeded: { icon: "✓", word: "succeeded", tone: "good" },
  failed: { icon: "✕", word: "failed", tone: "bad" },
  interrupted: { icon: "‖", word: "interrupted", tone: "faint" },
};

export function stateMark({ icon, word, tone }: Mark): Markup {
  return markup`<span class="mark ${tone}"><span aria-hidden="true">${icon}</span> ${word}</span>`;
}
