/** Every stage with its state, times, key, inputs and the outputs it left in the store. */

import type { StageRecord } from "../../pipelines/run_record.ts";
import { formatBytes, formatSeconds } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import type { Section } from "../section.ts";
import { STAGE_MARKS, stateMark } from "../state_mark.ts";

export const stages: Section = {
  id: "stages",
  title: "Stages",
  render({ record }) {
    if (record.stages.length === 0) return undefined;
    return markup`
      <div class="scroll" tabindex="0" role="region" aria-label="Table of stages">
        <table class="stages">
          <thead><tr>
            <th scope="col">Stage</th><th scope="col">State</th><th scope="col">Time</th>
            <th scope="col">Reads</th><th scope="col">Outputs</th><th scope="col">Key</th>
          </tr></thead>
          <tbody>${record.stages.map(row)}</tbody>
        </table>
      </div>
      <p class="note">Keys and outputs are named by the first 12 of 64 hexadecimal digits of a sha256;
        <code>run.json</code> has all of them.</p>`;
  },
};

function row(stage: StageRecord): Markup {
  const { name, uses, state, key, message, warnings } = stage;
  const isNews = message !== undefined || warnings.length > 0;
  const reads = Object.entries(stage.inputs).map(([port, from]) => markup`${port} ← ${from}`);
  const outputs = Object.entries(stage.outputs).map(([port, { kind, digest, bytes }]) =>
    markup`${port} <small>${kind}, ${formatBytes(bytes)}</small> ${short(digest)}`
  );
  return markup`
    <tr class="${isNews && "has-news"}">
      <th scope="row">${name}<small>${uses}</small></th>
      <td>${stateMark(STAGE_MARKS[state])}</td>
      <td class="number" data-label="time">${times(stage)}</td>
      <td data-label="reads">${list(reads)}</td>
      <td data-label="outputs">${list(outputs)}</td>
      <td data-label="key">${key === "" ? "–" : short(key)}</td>
    </tr>
    ${isNews && news(message, warnings)}`;
}

function news(message: string | undefined, warnings: readonly string[]): Markup {
  return markup`
    <tr class="news"><td colspan="6">
      ${message !== undefined && markup`<pre>${message}</pre>`}
      ${warnings.map((text) => markup`<p><span aria-hidden="true">⚠</span> Warning: ${text}</p>`)}
    </td></tr>`;
}

function times({ state, seconds, computeSeconds }: StageRecord): Markup {
  if (state === "skipped") return markup`–`;
  if (state !== "cached") return markup`${formatSeconds(seconds)}`;
  return markup`${formatSeconds(seconds)}<small>computed in ${
    formatSeconds(computeSeconds)
  }</small>`;
}

function list(items: readonly Markup[]): Markup {
  if (items.length === 0) return markup`–`;
  return markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}

function short(digest: string): Markup {
  return markup`<code title="${digest}">${digest.slice(0, 12)}</code>`;
}
