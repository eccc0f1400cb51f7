/** The pipeline as a drawing: which stage feeds which, how each ended and how long it took. */

import { formatSeconds } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import { groupPoints, type StageGroup } from "../group_points.ts";
import { type GraphSize, layoutGraph, type PlacedEdge, type PlacedNode } from "../layout_graph.ts";
import type { Section } from "../section.ts";
import { STAGE_MARKS } from "../state_mark.ts";

const WIDE: GraphSize = { nodeWidth: 184, nodeHeight: 64, gap: 20, maxWidth: 1100 };
/** Two stages and a lane side by side on a phone. */
const NARROW: GraphSize = { nodeWidth: 150, nodeHeight: 64, gap: 10, maxWidth: 336 };
// Beyond this a drawing explains less than the table of stages below it.
const MAX_STAGES = 150;
const PAD = 2;

export const graph: Section = {
  id: "graph",
  title: "Pipeline",
  render({ record: { stages } }) {
    if (stages.length === 0) return undefined;
    const groups = groupPoints(stages);
    if (groups.length > MAX_STAGES) {
      return markup`<p>The drawing is left out: ${groups.length} stages do not fit a page. The table
        of stages has them all.</p>`;
    }
    return markup`
      <div class="graph wide">${draw(groups, WIDE)}</div>
      <div class="graph narrow">${draw(groups, NARROW)}</div>`;
  },
};

function draw(groups: readonly StageGroup[], size: GraphSize): Markup {
  const byName = new Map(groups.map((group) => [group.stage.name, group]));
  const layout = layoutGraph(groups.map(({ stage }) => stage), size);
  const [width, height] = [layout.width + 2 * PAD, layout.height + 2 * PAD];
  const names = layout.nodes.map(({ stage }) => `${stage.name} ${STAGE_MARKS[stage.state].word}`);
  const label = `Stages from first to last: ${names.join(", ")}`;
  const view = `${-PAD} ${-PAD} ${width} ${height}`;
  return markup`
    <svg role="img" width="${width}" height="${height}" viewBox="${view}" aria-label="${label}">
      <g class="edges">${layout.edges.map(drawEdge)}</g>
      ${layout.nodes.map((node) => drawNode(node, byName.get(node.stage.name), size))}
    </svg>`;
}

function drawNode(
  { stage, x, y }: PlacedNode,
  group: StageGroup | undefined,
  { nodeWidth, nodeHeight }: GraphSize,
): Markup {
  const { icon, word, tone } = STAGE_MARKS[stage.state];
  const time = stage.state === "ran" || stage.state === "failed"
    ? ` · ${formatSeconds(stage.seconds)}`
    : "";
  const title = `${stage.name} (${stage.uses}): ${word}${
    stage.message ? `: ${stage.message}` : ""
  }`;
  const isSweep = group !== undefined && stage.point !== undefined;
  const ended = isSweep
    ? group.counts.map(([state, count]) => `${count} ${STAGE_MARKS[state].word}`).join(", ")
    : `${word}${time}`;
  const name = isSweep ? `${stage.name} ×${group.size}` : stage.name;
  // Mean widths of a letter at the sizes that the style sheet gives the two lines.
  const room = nodeWidth - 22;
  return markup`
    <g class="node ${tone}" transform="translate(${round(x)} ${round(y)})"><title>${title}</title>
      <rect width="${nodeWidth}" height="${nodeHeight}" rx="8"/>
      <rect class="edge-of-state" width="5" height="${nodeHeight}" rx="2.5"/>
      <text class="name" x="15" y="20">${shorten(name, Math.floor(room / 8.2))}</text>
      <text class="uses" x="15" y="36">${shorten(stage.uses, Math.floor(room / 6.2))}</text>
      <text class="state" x="15" y="54">${icon} ${shorten(ended, Math.floor(room / 6.8) - 2)}</text>
    </g>`;
}

/** A line that leaves and enters every gap vertically, with an arrow head drawn by hand. */
function drawEdge({ from, to, points }: PlacedEdge): Markup {
  const [start, ...rest] = points;
  const end = points.at(-1);
  if (start === undefined || end === undefined) return markup``;
  let path = `M${round(start.x)} ${round(start.y)}`;
  let previous = start;
  rest.forEach((point, i) => {
    // Odd points leave a lane: straight through the layer. Even points cross a gap.
    const middle = round((previous.y + point.y) / 2);
    const [x0, x1, y1] = [round(previous.x), round(point.x), round(point.y)];
    path += i % 2 === 1 ? `V${y1}` : `C${x0} ${middle} ${x1} ${middle} ${x1} ${y1}`;
    previous = point;
  });
  const head = `M${round(end.x) - 4} ${round(end.y) - 7}L${round(end.x)} ${round(end.y) - 1}l4 -6`;
  return markup`
        <g><title>${from} feeds ${to}</title><path d="${path}"/><path d="${head}"/></g>`;
}

function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
