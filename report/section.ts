/** What a section of the report is, and what it is given. */

import type { PreviewRecord, RunRecord } from "../pipelines/run_record.ts";
import type { Markup } from "./markup.ts";

/** A picture as a `data:` address, or why it cannot be shown. */
export type LoadedImage =
  | { readonly kind: "loaded"; readonly address: string }
  | { readonly kind: "missing"; readonly message: string };

/** A run record with all that must be fetched or drawn before the page can be written. */
export interface ReportView {
  readonly record: RunRecord;
  /** In the order of `record.media`. */
  readonly images: readonly LoadedImage[];
  /** Of each stage, those that came last. */
  readonly previews: readonly { readonly item: PreviewRecord; readonly image: LoadedImage }[];
  /** SVG of each chart, in the order of `record.charts`. */
  readonly drawings: readonly Markup[];
  /** Stages of a sweep whose pictures are left out. */
  readonly leftOut?: number;
}

/** A part of the page: a pure function of the view. */
export interface Section {
  /** Anchor, unique in the page. */
  readonly id: string;
  readonly title: string;
  /** Undefined when the run has nothing to say here; the section is then left out. */
  render(view: ReportView): Markup | undefined;
}
