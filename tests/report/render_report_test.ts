import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import type { RunRecord } from "../../pipelines/run_record.ts";
import { renderReport } from "../../report/render_report.ts";
import { goldenRecord, goldenRun } from "../fixtures/golden_record.ts";

const HOSTILE = [
  `</script><script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `'><svg onload=alert(1)>`,
  `</style><style>*{display:none}</style>`,
  `<!--`,
  `]]>`,
  `{{7*7}}\${7*7}`,
  `javascript:alert(1)`,
  `\u0000\u202e\ud800`,
];

const noBlob = () => Promise.reject(new Error("There is no object"));

Deno.test("renderReport() of the golden run is the page that was looked at", async (t) => {
  const run = goldenRun(1);
  const record = { ...run.record, charts: run.record.charts.slice(-1) };
  const page = await renderReport(record, run.blob);
  // Style and pixels change for their own reasons and have their own tests.
  const text = page.replace(/<style>[^]*?<\/style>/g, "<style></style>")
    .replaceAll(/base64,[A-Za-z0-9+/=]+/g, "base64,...");
  await t.assertSnapshot(text);
});

Deno.test("renderReport() of equal runs gives equal bytes", async () => {
  const run = goldenRun(1);
  assert.equal(
    await renderReport(run.record, run.blob),
    await renderReport(structuredClone(run.record), run.blob),
  );
});

Deno.test("renderReport() needs no script, no request and no other file", async () => {
  const run = goldenRun(1);
  const page = read(await renderReport(run.record, run.blob));
  assert.equal(page.all("script, link, iframe, object, embed, form, base").length, 0);
  for (const element of page.all("[src]")) {
    assert.match(
      element.getAttribute("src") ?? "",
      /^data:image\/(gif|png);base64,[A-Za-z0-9+/=]+$/,
    );
  }
  for (const element of page.all("[href]")) {
    const target = element.getAttribute("href") ?? "";
    assert.match(target, /^#/);
    assert.equal(page.all(`[id="${target.slice(1)}"]`).length, 1, `${target} leads nowhere`);
  }
  const policy = page.all("meta[http-equiv]")[0]?.getAttribute("content") ?? "";
  assert.match(policy, /^default-src 'none'; img-src data:/);
});

Deno.test("renderReport() shows hostile strings as text, wherever they stand in a record", async () => {
  const golden = goldenRun(1).record;
  const plain = read(await renderReport(golden, noBlob));
  for (const hostile of HOSTILE) {
    const record = poison(golden, hostile);
    const page = read(await renderReport(record, noBlob));
    assert.equal(page.all("script, iframe, object, embed").length, 0, hostile);
    // One style for the page and one in each chart, as in a harmless report.
    assert.equal(page.all("style").length, plain.all("style").length, hostile);
    assert.equal(page.all("img").length, 0, hostile);
    for (const element of page.all("*")) {
      for (const name of element.getAttributeNames()) {
        assert.doesNotMatch(name, /^on|^src$/i, `${hostile} became attribute ${name}`);
      }
      assert.match(element.getAttribute("href") ?? "#", /^#/);
    }
    const shown = hostile.toWellFormed().replaceAll("\u0000", "\ufffd");
    assert.equal(page.all("h1")[0]?.textContent, shown);
    assert.ok((page.all("#config pre")[0]?.textContent ?? "").includes(shown));
  }
});

Deno.test("renderReport() leaves out sections that have nothing to say", async () => {
  const record: RunRecord = {
    ...goldenRecord([]),
    stages: [],
    scores: [],
    charts: [],
    config: "",
    provenance: {},
  };
  const page = read(await renderReport(record, noBlob));
  assert.deepEqual(page.all("section").map((section) => section.getAttribute("id")), ["reproduce"]);
  assert.match(page.all("header")[0]?.textContent ?? "", /movingmnist.*succeeded.*none/s);
});

Deno.test("renderReport() of a failed run opens with the stage that failed and why", async () => {
  const golden = goldenRecord([]);
  const record: RunRecord = {
    ...golden,
    status: "failed",
    scores: [],
    charts: [],
    stages: golden.stages.map((stage, i) => {
      if (i < 4) return stage;
      const empty = { outputs: {}, warnings: [] };
      return i === 4
        ? { ...stage, ...empty, state: "failed", message: "Loss is NaN at step 1312" }
        : { ...stage, ...empty, state: "skipped", key: "", message: `"residual" failed` };
    }),
  };
  const page = read(await renderReport(record, noBlob));
  const header = page.all("header")[0]?.textContent ?? "";
  assert.match(header, /✕ failed/);
  assert.match(header, /1 ran, 3 cached, 1 failed, 2 skipped/);
  assert.match(
    header,
    /Stage residual \(train\/residual_diffusion\) failed\.\s+Loss is NaN at step 1312/,
  );
  assert.match(
    page.all("#graph")[0]?.textContent ?? "",
    /residual.*✕ failed · 4 min 47 s.*– skipped/s,
  );
  assert.match(page.all("#stages")[0]?.textContent ?? "", /scores.*– skipped.*"residual" failed/s);
});

Deno.test("renderReport() names a picture that the store lost, and shows the others", async () => {
  const run = goldenRun(1);
  const lost = run.record.media[0]?.blob ?? "";
  const page = read(
    await renderReport(run.record, (digest) => digest === lost ? noBlob() : run.blob(digest)),
  );
  assert.equal(page.all("img").length, 1);
  assert.match(
    page.all(".missing")[0]?.textContent ?? "",
    new RegExp(`clip_0.gif \\(sha256 ${lost.slice(0, 12)}\\) cannot be shown: There is no object`),
  );
});

Deno.test("renderReport() takes drawings from the memo, and the page is the same", async () => {
  const record = goldenRecord([]);
  const kept = new Map<string, string>();
  let writes = 0;
  const memo = {
    read: (key: string) => Promise.resolve(kept.get(key)),
    write: (key: string, text: string) => {
      writes++;
      kept.set(key, text);
      return Promise.resolve();
    },
  };
  const fresh = await renderReport(record, noBlob);
  assert.equal(await renderReport(record, noBlob, { memo }), fresh);
  assert.equal(writes, record.charts.length);
  assert.equal(await renderReport(record, noBlob, { memo }), fresh);
  assert.equal(writes, record.charts.length);
  // One changed point: one new drawing, in its own place.
  const [first, ...others] = record.charts;
  assert.ok(first);
  const changed = { ...record, charts: [...others, { ...first, logY: true }] };
  assert.equal(
    await renderReport(changed, noBlob, { memo }),
    await renderReport(changed, noBlob),
  );
  assert.equal(writes, record.charts.length + 1);
});

Deno.test("renderReport() survives 400 stages, and then has a table but no drawing", async () => {
  const [stage] = goldenRecord([]).stages;
  assert.ok(stage);
  const stages = Array.from({ length: 400 }, (_, i) => ({ ...stage, name: `s${i}` }));
  const page = read(await renderReport({ ...goldenRecord([]), stages, charts: [] }, noBlob));
  assert.equal(page.all("#graph svg").length, 0);
  assert.equal(page.all("#stages tbody tr").length, 400);
});

/** The record with every free text replaced; what the type closes, such as states, stays. */
function poison(record: RunRecord, text: string): RunRecord {
  return {
    ...record,
    name: text,
    config: `${text}\n${text}: ${text} # ${text}\n- "${text}"`,
    stages: record.stages.map((stage, i) => ({
      ...stage,
      name: `${text}${i}`,
      uses: text,
      key: text,
      state: i === 1 ? "failed" : stage.state,
      message: text,
      warnings: [text],
      inputs: { [text]: `${text}0.${text}` },
      outputs: { [text]: { kind: text, digest: text, bytes: 1 } },
      params: { [text]: text },
    })),
    scores: record.scores.map((score, i) => ({
      ...score,
      metric: i % 2 === 0 ? text : `fid[${text}]`,
      unit: text,
      protocol: text,
      of: `${text}${i}`,
      stage: text,
    })),
    charts: record.charts.map((chart) => ({
      ...chart,
      stage: text,
      title: text,
      xLabel: text,
      yLabel: text,
      series: chart.series.map((series) => ({ ...series, name: text })),
    })),
    media: record.media.map((item) => ({
      ...item,
      stage: text,
      name: text,
      caption: text,
      blob: text,
    })),
    previews: [{
      stage: text,
      step: 1,
      name: text,
      type: "image/png",
      width: 1,
      height: 1,
      caption: text,
      file: text,
    }],
    provenance: { [text]: text },
  };
}

interface Element {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  getAttributeNames(): string[];
}

function read(page: string): { all(selector: string): Element[] } {
  const window: object = parseHTML(page);
  const document: { querySelectorAll(selector: string): Iterable<Element> } = Reflect.get(
    window,
    "document",
  );
  return { all: (selector) => [...document.querySelectorAll(selector)] };
}
