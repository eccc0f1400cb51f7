import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import type { Chart } from "../../artifacts/curves.ts";
import { drawCharts } from "../../report/draw_chart.ts";

const CHART: Chart = {
  title: "Loss",
  xLabel: "step",
  yLabel: "loss",
  series: [
    { name: "train", points: [[0, 1], [1, 0.5], [2, 0.25]] },
    { name: "validation", points: [[0, 2], [2, 1]], band: [[1.5, 2.5], [0.5, 1.5]] },
  ],
};

Deno.test("drawCharts() draws a line per series, a band where one is known, and names the axes", async () => {
  const svg = await draw(CHART);
  assert.equal(count(svg, /stroke="var\(--series-1\)"/g), 1);
  assert.equal(count(svg, /stroke="var\(--series-2\)"/g), 1);
  assert.equal(count(svg, /aria-label="area"/g), 1);
  assert.equal(count(svg, /aria-label="dot"/g), 2);
  assert.match(svg, />step<\/text>/);
  assert.match(svg, />loss<\/text>/);
  assert.match(svg, /role="img"/);
  assert.match(
    svg,
    /aria-label="Loss. loss over step: train from 1 to 0.25; validation from 2 to 1"/,
  );
});

Deno.test("drawCharts() gives the second series dashes, so that colour is not needed", async () => {
  const svg = await draw(CHART);
  assert.match(svg, /stroke-dasharray="7 3"/);
});

Deno.test("drawCharts() shows hostile labels as the text that they are", async () => {
  const hostile = `</text><script>alert(1)</script>" onload="x &lt;b&gt; &`;
  const svg = await draw({
    title: hostile,
    xLabel: hostile,
    yLabel: hostile,
    series: [{ name: hostile, points: [[0, 1], [1, 2]] }],
  });
  const page: object = parseHTML(`<!doctype html><html><body>${svg}</body></html>`);
  const document: { querySelectorAll(selector: string): Iterable<unknown> } = Reflect.get(
    page,
    "document",
  );
  assert.deepEqual([...document.querySelectorAll("script, b, [onload]")], []);
  const shown = hostile.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  assert.equal(svg.split(`>${shown}</text>`).length, 3);
});

Deno.test("drawCharts() keeps the spikes of a series that it thins out", async () => {
  const points = Array.from(
    { length: 20_000 },
    (_, i): [number, number] => [i, i === 7_777 ? 50 : 1],
  );
  const flat = points.map(([x]): [number, number] => [x, 1]);
  const spiky = await draw({ ...CHART, series: [{ name: "a", points }] });
  assert.ok(spiky.length < 20_000, `${spiky.length} characters`);
  // The axis reaches the spike only if its point was kept.
  assert.match(spiky, />50<\/text>/);
  assert.doesNotMatch(
    await draw({ ...CHART, series: [{ name: "a", points: flat }] }),
    />50<\/text>/,
  );
});

Deno.test("drawCharts() leaves the logarithm when a value is not above zero", async () => {
  const points: [number, number][] = [[0, 1], [1, 0], [2, 100]];
  const svg = await draw({ ...CHART, logY: true, series: [{ name: "a", points }] });
  assert.match(svg, />20<\/text>/);
  assert.doesNotMatch(svg, /NaN/);
});

Deno.test("drawCharts() labels a logarithmic axis at 1, 2, 5 of each power of ten", async () => {
  const points: [number, number][] = [[0, 0.9], [1, 0.04]];
  const svg = await draw({ ...CHART, logY: true, series: [{ name: "a", points }] });
  for (const tick of ["0.05", "0.1", "0.2", "0.5"]) {
    assert.ok(svg.includes(`>${tick}</text>`), `no tick ${tick}`);
  }
});

Deno.test("drawCharts() says so when there is nothing to draw, and skips values that are no numbers", async () => {
  assert.match(await draw({ ...CHART, series: [] }), /No values were recorded/);
  const svg = await draw({ ...CHART, series: [{ name: "a", points: [[0, NaN], [1, 2], [2, 3]] }] });
  assert.doesNotMatch(svg, /NaN/);
});

Deno.test("drawCharts() of equal charts gives equal text", async () => {
  assert.equal(await draw(CHART), await draw(structuredClone(CHART)));
});

async function draw(chart: Chart): Promise<string> {
  const [drawing] = await drawCharts([chart]);
  return String(drawing);
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}
