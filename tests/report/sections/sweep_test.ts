import assert from "node:assert/strict";
import { groupPoints } from "../../../report/group_points.ts";
import { renderReport } from "../../../report/render_report.ts";
import { graph } from "../../../report/sections/graph.ts";
import { sweep } from "../../../report/sections/sweep.ts";
import { runRecord, scoreOf, sweepRecord, sweptStage } from "../../support/sweep_record.ts";

const nothing = { images: [], previews: [], drawings: [] };

function textOf(html: string): string {
  return html.replace(/<title>.*?<\/title>/gs, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

Deno.test("sweep section shows means with deviations over the seed, and every point below", () => {
  const text = textOf(String(sweep.render({ record: sweepRecord(), ...nothing })));
  assert.match(text, /6 points over lr, seed/);
  assert.match(
    text,
    /higher is better 1 ✓ ran 11\.7 ± 2\.1 n = 3 2 ✓ ran ★ best: 21\.7 ± 2\.1 n = 3/,
  );
  assert.match(text, /Every point .*lr 1, seed 2 ✓ ran 14.00 lr 2, seed 0/);
  assert.equal(sweep.render({ record: runRecord([]), ...nothing }), undefined);
});

Deno.test("the drawing has one node for all points of a stage, with their states", () => {
  const record = sweepRecord();
  const stages = record.stages.map((stage) =>
    stage.name === "model@lr=1,seed=2" ? { ...stage, state: "failed" as const } : stage
  );
  const html = String(graph.render({ record: { ...record, stages }, ...nothing }));
  const wide = textOf(html.slice(0, html.indexOf("graph narrow")));
  assert.match(wide, /model ×6 tiny\/model ✕ 1 failed, 5 ran/);
  assert.match(wide, /scores ×6 tiny\/scores ✓ 6 ran/);
  assert.equal(html.match(/data feeds model/g)?.length, 2);
  assert.equal(html.match(/model feeds scores/g)?.length, 2);
  assert.deepEqual(groupPoints(stages).map(({ size }) => size), [1, 6, 6]);
});

Deno.test("the report of 50 points with pictures stays small, and folds what is there once per point", async () => {
  const points = Array.from({ length: 50 }, (_, i) => ({ lr: i }));
  const media = points.map(({ lr }) => ({
    ...{ stage: `model@lr=${lr}`, name: "a.png", type: "image/png" as const, width: 1, height: 1 },
    ...{ caption: "A", blob: String(lr).padStart(64, "0") },
  }));
  const record = runRecord(points.map((point) => sweptStage("model", point)), {
    media,
    scores: points.map(({ lr }) => scoreOf(`model@lr=${lr}`, lr)),
  });
  let loaded = 0;
  const html = await renderReport(record, () => {
    loaded++;
    return Promise.resolve(new Uint8Array(1000));
  });
  assert.equal(loaded, 8);
  assert.match(html, /Pictures of 42 more stages of the sweep are left\s+out/);
  assert.match(html, /<section id="stages"[^]*?<details><summary>Show every point/);
  assert.ok(html.length < 200_000, `${html.length} characters`);
});
