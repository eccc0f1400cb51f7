/**
 * A run record as one self-contained HTML page.
 *
 * @module
 */

export { type DrawingMemo, renderReport, type ReportOptions } from "./render_report.ts";
export { folderMemo } from "./folder_memo.ts";
