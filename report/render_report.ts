/** A run as one page that explains itself, needs nothing else and cannot reach out. */

import { Buffer } from "node:buffer";
import type { Chart } from "../artifacts/curves.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { CHART_DRAWING_VERSION, drawCharts } from "./draw_chart.ts";
import { Markup, markup } from "./markup.ts";
import type { LoadedImage } from "./section.ts";
import { stagesLeftOut } from "./choose_stages.ts";
import { lastPreviews } from "./last_previews.ts";
import { header } from "./header.ts";
import { sections } from "./sections/mod.ts";
import { style } from "./style.ts";

/** Keeps drawings between renderings; a chart that is already drawn needs no drawing library. */
export interface DrawingMemo {
  /** The text kept under a key, or undefined. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

export interface ReportOptions {
  readonly memo?: DrawingMemo;
  /** Bytes of a file of the run's folder, for previews. */
  readonly preview?: (file: string) => Promise<Uint8Array>;
}

// No script runs and no address is fetched, whatever the record holds: the second line of defence
// behind escaping.
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; " +
  "form-action 'none'";

/**
 * Renders a run as one self-contained HTML file: no script, no request, light and dark.
 *
 * Equal records and pictures give equal bytes.
 * @param blob Bytes in the store by sha256; a picture that it cannot give is named as missing.
 */
export async function renderReport(
  whole: RunRecord,
  blob: (digest: string) => Promise<Uint8Array>,
  options: ReportOptions = {},
): Promise<string> {
  const leftOut = stagesLeftOut(whole);
  const isShown = ({ stage }: { readonly stage: string }) => !leftOut.has(stage);
  const record = {
    ...whole,
    media: whole.media.filter(isShown),
    previews: whole.previews.filter(isShown),
  };
  const [images, previews, drawings] = await Promise.all([
    Promise.all(record.media.map(({ type, blob: digest }) => loadImage(type, () => blob(digest)))),
    Promise.all(
      lastPreviews(record.previews).map(async (item) => {
        const image = await loadImage(item.type, () => readPreview(item.file, options));
        return { item, image };
      }),
    ),
    drawOnce(record.charts, options.memo),
  ]);
  const view = { record, images, previews, drawings, leftOut: leftOut.size };
  const isLong = record.stages.filter(({ point }) => point !== undefined).length > MAX_OPEN_STAGES;
  const parts = sections.flatMap(({ id, title, render }) => {
    const body = render(view);
    if (body === undefined) return [];
    return [{ id, title, body: isLong && PER_STAGE.has(id) ? fold(body) : body }];
  });
  const links = parts.map(({ id, title }) => markup`<a href="#${id}">${title}</a> `);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${record.name} · Zoetrope</title>
<style>${Markup.trusted(style)}</style>
</head>
<body>
${header(view)}
<nav aria-label="Sections">${links}</nav>
<main>${
    parts.map(({ id, title, body }) =>
      markup`
<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}
</section>`
    )
  }
</main>
<footer>Written by Zoetrope from <code>run.json</code>.</footer>
</body>
</html>
`.toString();
}

/** A sweep with more stages than this shows its table first, and each single stage on demand. */
const MAX_OPEN_STAGES = 12;
const PER_STAGE: ReadonlySet<string> = new Set(["previews", "scores", "charts", "stages"]);

function fold(body: Markup): Markup {
  return markup`<details><summary>Show every point</summary>${body}</details>`;
}

function readPreview(file: string, { preview }: ReportOptions): Promise<Uint8Array> {
  return preview ? preview(file) : Promise.reject(new Error("The run's folder is not known"));
}

async function loadImage(
  type: string,
  load: () => Promise<Uint8Array>,
): Promise<LoadedImage> {
  try {
    const bytes = await load();
    return {
      kind: "loaded",
      address: `data:${type};base64,${Buffer.from(bytes).toString("base64")}`,
    };
  } catch (error) {
    // A report outlives the store it was made from, so a lost picture must not lose the rest.
    return { kind: "missing", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Takes drawings from the memo and draws the others, all in one go. */
async function drawOnce(
  charts: readonly Chart[],
  memo: DrawingMemo | undefined,
): Promise<readonly Markup[]> {
  if (memo === undefined) return await drawCharts(charts);
  const keys = await Promise.all(charts.map(drawingKey));
  const kept = await Promise.all(keys.map((key) => memo.read(key)));
  const fresh = await drawCharts(charts.filter((_, i) => kept[i] === undefined));
  let next = 0;
  return await Promise.all(charts.map(async (_, i) => {
    const text = kept[i];
    if (text !== undefined) return Markup.trusted(text);
    const drawing = fresh[next++] ?? markup``;
    await memo.write(keys[i] ?? "", drawing.toString());
    return drawing;
  }));
}

async function drawingKey(chart: Chart): Promise<string> {
  const { title, xLabel, yLabel, logY, series } = chart;
  const text = JSON.stringify([CHART_DRAWING_VERSION, title, xLabel, yLabel, logY, series]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Buffer.from(digest).toString("hex");
}
