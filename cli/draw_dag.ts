/** A pipeline in the languages of drawings. */

import type { StageForecast } from "../pipelines/key/forecast.ts";
import type { PlannedStage } from "../pipelines/plan/plan.ts";
import { alignColumns } from "./align_columns.ts";
import type { DagArguments } from "./dag.ts";

export interface DagStage {
  readonly planned: PlannedStage;
  /** Absent where there is no store. */
  readonly state?: StageForecast["state"];
}

type Draw = (name: string, stages: readonly DagStage[]) => string;

/** The text of a pipeline by format; a line ends each. */
export const drawDag: Readonly<Record<DagArguments["format"], Draw>> = {
  text: drawText,
  mermaid: drawMermaid,
  dot: drawDot,
  json: drawJson,
};

/** `samples  sample/ddpm  cached  denoiser <- train.weights`. */
function drawText(_name: string, stages: readonly DagStage[]): string {
  const rows = stages.map(({ planned, state }) => {
    const inputs = edgesTo(planned).map(({ port, from, output }) => `${port} <- ${from}.${output}`);
    return [planned.name, planned.stage.id, ...(state ? [state] : []), inputs.join(", ")];
  });
  return `${alignColumns(rows, new Set([0, 1, 2, 3])).join("\n")}\n`;
}

const fills: Readonly<Record<StageForecast["state"], string>> = {
  cached: "#d4edda",
  run: "#fff3cd",
  unknown: "#e9ecef",
};

/** https://mermaid.js.org/syntax/flowchart.html: GitHub shows it in Markdown. */
function drawMermaid(name: string, stages: readonly DagStage[]): string {
  const ids = idsOf(stages);
  const nodes = stages.map(({ planned, state }) => {
    const label = [planned.name, planned.stage.id].map(escapeMermaid).join("<br/>");
    return `  ${ids.get(planned.name)}["${label}"]${state === undefined ? "" : `:::${state}`}`;
  });
  const edges = stages.flatMap(({ planned }) =>
    edgesTo(planned).map(({ from, label }) =>
      `  ${ids.get(from)} -- "${escapeMermaid(label)}" --> ${ids.get(planned.name)}`
    )
  );
  const used = new Set(stages.flatMap(({ state }) => state ?? []));
  const classes = [...used].map((state) => `  classDef ${state} fill:${fills[state]},color:#000`);
  return [`%% ${name}`, "flowchart LR", ...nodes, ...edges, ...classes, ""].join("\n");
}

/** https://graphviz.org/doc/info/lang.html. */
function drawDot(name: string, stages: readonly DagStage[]): string {
  const nodes = stages.map(({ planned, state }) => {
    const label = `${escapeDot(planned.name)}\\n${escapeDot(planned.stage.id)}`;
    const fill = state === undefined ? "" : ` fillcolor="${fills[state]}" tooltip="${state}"`;
    return `  "${escapeDot(planned.name)}" [label="${label}"${fill}];`;
  });
  const edges = stages.flatMap(({ planned }) =>
    edgesTo(planned).map(({ from, label }) =>
      `  "${escapeDot(from)}" -> "${escapeDot(planned.name)}" [label="${escapeDot(label)}"];`
    )
  );
  const head = [
    `digraph "${escapeDot(name)}" {`,
    "  rankdir=LR;",
    `  node [shape=box style="rounded,filled" fillcolor="white"];`,
  ];
  return [...head, ...nodes, ...edges, "}", ""].join("\n");
}

function drawJson(name: string, stages: readonly DagStage[]): string {
  const nodes = stages.map(({ planned, state }) => ({
    name: planned.name,
    uses: planned.stage.id,
    ...(state === undefined ? {} : { state }),
  }));
  const edges = stages.flatMap(({ planned }) =>
    edgesTo(planned).map(({ from, output, port, kind }) => ({
      from,
      output,
      to: planned.name,
      port,
      kind,
    }))
  );
  return `${JSON.stringify({ name, stages: nodes, edges }, null, 2)}\n`;
}

function edgesTo({ inputs }: PlannedStage) {
  return [...inputs].map(([port, { stage: from, output, kind }]) => ({
    port,
    from,
    output,
    kind,
    label: output === port ? port : `${output} to ${port}`,
  }));
}

/** Names of stages may hold what a language gives a meaning. */
function idsOf(stages: readonly DagStage[]): ReadonlyMap<string, string> {
  return new Map(stages.map(({ planned }, index) => [planned.name, `s${index}`]));
}

/** As numbered entities; "#" begins one, and ";" ends it. */
function escapeMermaid(text: string): string {
  return text.replace(/[^\w ./@=,+-]/g, (character) => `#${character.codePointAt(0)};`);
}

function escapeDot(text: string): string {
  return text.replace(/["\\]/g, (character) => `\\${character}`);
}
