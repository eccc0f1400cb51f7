/** A run record as one self-contained HTML page. */

export { type DrawingMemo, renderReport, type ReportOptions } from "./render_report.ts";
