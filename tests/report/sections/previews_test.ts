import assert from "node:assert/strict";
import type { PreviewRecord } from "../../../pipelines/run_record.ts";
import { renderReport } from "../../../report/render_report.ts";
import { goldenRecord } from "../../fixtures/golden_record.ts";

function previewOf(stage: string, step: number, name: string): PreviewRecord {
  const size = { width: 2, height: 1 };
  const file = `previews/${stage}/${name}`;
  return { stage, step, name, type: "image/png", ...size, caption: `${stage} at ${step}`, file };
}

const record = {
  ...goldenRecord([]),
  charts: [],
  previews: [
    previewOf("residual", 500, "step_500.png"),
    previewOf("residual", 1000, "step_1000.png"),
    previewOf("residual", 1000, "loss.png"),
    previewOf("pretrain", 40, "step_40.png"),
  ],
};

const noBlob = () => Promise.reject(new Error("There is no object"));

Deno.test("the report shows the last previews of each stage, and says where the others are", async () => {
  const read: string[] = [];
  const preview = (file: string) => {
    read.push(file);
    return Promise.resolve(Uint8Array.of(1, 2, 3));
  };
  const page = await renderReport(record, noBlob, { preview });
  assert.deepEqual(read, [
    "previews/residual/step_1000.png",
    "previews/residual/loss.png",
    "previews/pretrain/step_40.png",
  ]);
  const section = /<section id="previews"[^]*?<\/section>/.exec(page)?.[0] ?? "";
  assert.equal(section.match(/<img src="data:image\/png;base64,AQID"/g)?.length, 3);
  assert.match(section, /Stage <code>residual<\/code> at step 1000/);
  assert.match(section, /Earlier ones: 1 in <code>previews\/residual<\/code>/);
  assert.match(section, /alt="pretrain at 40"/);
  assert.doesNotMatch(section, /residual at 500/);
});

Deno.test("the report names a preview that is gone, and has no section without previews", async () => {
  const page = await renderReport(record, noBlob, {
    preview: () => Promise.reject(new Error("No such file")),
  });
  assert.match(page, /loss\.png \(previews\/residual\/loss\.png\) cannot be shown: No such file/);
  assert.doesNotMatch(await renderReport(goldenRecord([]), noBlob), /id="previews"/);
});
