/** The style sheet of the report: one column, light and dark, from a phone to a wide screen. */

export const style = `
:root { color-scheme: light dark;
  --ground: #f7f8fa; --panel: #ffffff; --line: #d9dee5; --ink: #1a2029; --faint: #566070;
  --accent: #0b5cad; --good: #0b6e4f; --calm: #0b5cad; --bad: #b3261e; --best: #fff5d6; --code: #f0f2f5;
  --series-1: #0072b2; --series-2: #c85a00; --series-3: #00805c; --series-4: #a8508a; --series-5: #5c6675; --series-6: #8a6d00;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #12151a; --panel: #1a1e25; --line: #333a45; --ink: #e6e9ee; --faint: #a2acba;
  --accent: #7ab8f5; --good: #56c596; --calm: #7ab8f5; --bad: #ff8a80; --best: #3a3216; --code: #14181e;
  --series-1: #56b4e9; --series-2: #e69f00; --series-3: #2fc79b; --series-4: #e39ac6; --series-5: #a7b0bd; --series-6: #e8db4a; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 var(--font); }
main, header, nav, footer { max-width: 1320px; margin: 0 auto; padding: 0 24px; }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 8px; overflow-wrap: anywhere; letter-spacing: -0.01em; }
h2 { font-size: 1.3rem; margin: 0 0 12px; }
h3 { font-size: 1rem; margin: 20px 0 8px; }
p { margin: 0 0 10px; }
small { font-size: 0.8125rem; color: var(--faint); font-weight: 400; }
code, pre { font-family: var(--mono); font-size: 0.8125rem; }
header { padding-top: 32px; }
.brand { margin: 0; color: var(--faint); font-size: 0.875rem; }
.facts { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: center; color: var(--faint); }
.mark { font-weight: 600; white-space: nowrap; }
.mark.good { color: var(--good); } .mark.calm { color: var(--calm); } .mark.bad { color: var(--bad); } .mark.faint { color: var(--faint); }
.failure { border: 1px solid var(--bad); border-left-width: 5px; border-radius: 8px; padding: 12px 16px; margin: 12px 0; background: var(--panel); }
.failure pre, .news pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; padding-top: 6px; padding-bottom: 14px; font-size: 0.9375rem; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 22px 24px; margin: 0 0 20px; }
.lead, .note { color: var(--faint); font-size: 0.9375rem; max-width: 76ch; }
.note { margin: 12px 0 0; }
summary { cursor: pointer; font-weight: 600; padding: 4px 0; width: fit-content; }
figure { margin: 0; min-width: 0; }
figcaption { color: var(--faint); font-size: 0.9375rem; margin-top: 6px; }
.films { display: grid; gap: 18px 14px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 500px), 1fr)); margin: 14px 0; }
.films img { display: block; width: 100%; max-width: fit-content; height: auto; border-radius: 8px; }
.still-note { display: none; }
@media (prefers-reduced-motion: reduce) { .films { display: none; } .still-note { display: block; } }
.still .frame { overflow-x: auto; border-radius: 8px; background: #1b1f27; }
.still img { display: block; width: 100%; height: auto; max-width: max-content; }
.still { margin: 0 0 8px; } .still summary { margin-bottom: 6px; }
.missing { border: 1px dashed var(--line); border-radius: 8px; padding: 16px; color: var(--faint); overflow-wrap: anywhere; }
.still .missing { background: var(--panel); margin: 0; }
.scroll { overflow-x: auto; max-width: 100%; position: relative; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 9px 14px 9px 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom-color: var(--faint); vertical-align: bottom; }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
th small, td small { display: block; white-space: nowrap; }
td ul { list-style: none; margin: 0; padding: 0; }
.scores th:first-child { position: sticky; left: 0; background: var(--panel); min-width: 150px; max-width: 260px; }
.scores td, .scores thead th:not(:first-child) { text-align: right; padding-left: 14px; padding-right: 10px; white-space: nowrap; }
.score.best { background: var(--best); border-radius: 6px; margin: -4px -8px; padding: 4px 8px; }
.value { font-weight: 600; font-size: 1.0625rem; }
.best-mark { color: #b07d00; margin-right: 4px; }
@media (prefers-color-scheme: dark) { .best-mark { color: #f0c040; } }
.interval, .none { color: var(--faint); }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
dl { margin: 0; }
.protocols > div { display: grid; grid-template-columns: 170px 1fr; gap: 2px 16px; padding: 6px 0; font-size: 0.9375rem; scroll-margin-top: 20px; }
.protocols > div:target { background: var(--best); }
dt { font-weight: 600; overflow-wrap: anywhere; } dd { margin: 0; max-width: 90ch; overflow-wrap: anywhere; }
.facts-list { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 0 32px; font-size: 0.9375rem; }
.facts-list > div { display: flex; justify-content: space-between; gap: 16px; border-bottom: 1px solid var(--line); padding: 7px 0; }
.facts-list dt { font-weight: 400; color: var(--faint); flex: none; max-width: 50%; } .facts-list dd { text-align: right; }
.charts { display: grid; gap: 28px 36px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); }
.chart figcaption { color: var(--ink); margin: 0 0 4px; } .chart .from { color: var(--faint); font-size: 0.8125rem; }
.chart .plot { display: block; width: 100%; height: auto; max-width: 480px; overflow: visible; font-family: var(--font); font-size: 12px; color: var(--faint); background: none; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 0 0 8px; padding: 0; font-size: 0.875rem; }
.legend .band { color: var(--faint); }
.chart summary { font-weight: 400; font-size: 0.875rem; color: var(--faint); }
.empty { color: var(--faint); }
.graph svg { display: block; margin: 0 auto; max-width: 100%; height: auto; font-family: var(--font); }
.graph.narrow { display: none; }
.edges path { fill: none; stroke: var(--faint); stroke-width: 1.4; opacity: 0.75; }
.node rect { fill: var(--ground); stroke: var(--line); } .node text { fill: var(--faint); font-size: 11.5px; }
.node .name { fill: var(--ink); font-size: 13.5px; font-weight: 600; } .node .state { font-weight: 600; }
.node.good .state, .node.good .edge-of-state { fill: var(--good); } .node.calm .state, .node.calm .edge-of-state { fill: var(--calm); }
.node.bad .state, .node.bad .edge-of-state { fill: var(--bad); } .node .edge-of-state { fill: var(--faint); stroke: none; }
.node.bad rect:first-of-type { stroke: var(--bad); stroke-width: 2; } .node.faint rect:first-of-type { stroke-dasharray: 4 3; }
.stages li { white-space: nowrap; } .stages li small { display: inline; } .has-news > * { border-bottom: 0; }
.news td { padding-top: 0; color: var(--ink); } .news p { margin: 0; }
.code { background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; margin: 8px 0; line-height: 1.5; }
.code b { font-weight: 600; color: var(--accent); } .code i { color: var(--faint); } .code u { text-decoration: none; color: var(--good); }
ol { padding-left: 22px; } ol .code { margin: 0 0 12px; }
footer { color: var(--faint); font-size: 0.875rem; padding-bottom: 40px; }
@media (max-width: 640px) {
  main { padding: 0 10px; } header, nav, footer { padding-left: 16px; padding-right: 16px; }
  header { padding-top: 20px; } h1 { font-size: 1.6rem; }
  section { padding: 16px 14px; border-radius: 10px; margin-bottom: 12px; }
  .graph.wide { display: none; } .graph.narrow { display: block; }
  .protocols > div { grid-template-columns: 1fr; }
  .stages, .stages tbody, .stages tr, .stages th, .stages td { display: block; }
  .stages thead { display: none; }
  .stages tr { padding: 10px 0; border-bottom: 1px solid var(--line); }
  .stages .has-news { border-bottom: 0; padding-bottom: 0; } .stages tr:last-child { border-bottom: 0; }
  .stages th, .stages td { border: 0; padding: 1px 0; }
  .stages td[data-label] { position: relative; padding-left: 74px; }
  .stages td[data-label]::before { content: attr(data-label); position: absolute; left: 0; color: var(--faint); }
  .stages li small { display: inline; } .stages li { white-space: normal; overflow-wrap: anywhere; }
  .scores th:first-child { min-width: 118px; max-width: 130px; overflow-wrap: anywhere; }
  .still img { width: 1000px; max-width: none; }
}
@media print { body { background: #fff; } section { break-inside: avoid-page; border: 0; padding: 8px 0; } nav { display: none; } }
`;
