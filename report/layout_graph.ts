/** Where the stages of a pipeline stand in a drawing: layers from top to bottom, lines wrapped. */

import type { StageRecord } from "../pipelines/run_record.ts";

export interface GraphSize {
  /** No line is wider than this, unless one node is. */
  readonly maxWidth: number;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  /** Between neighbours of a line. */
  readonly gap: number;
}

export interface PlacedNode {
  readonly stage: StageRecord;
  /** Left and top. */
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  /** Bottom of the source, then in and out of each gap it passes through, then top of the target. */
  readonly points: readonly Point[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const GAP_Y = 40;
const LINE_GAP_Y = 16;
const LANE = 8;
const SWEEPS = 6;

/** A node, or the lane in which edges of one source pass a layer. */
interface Slot {
  readonly id: string;
  readonly stage?: StageRecord;
  readonly width: number;
  /** Slots one layer above. */
  readonly parents: string[];
}

/**
 * Layered drawing after Sugiyama: a stage stands one layer below its deepest input, edges that pass
 * a layer get a lane in it, and neighbours are ordered by the mean place of what they connect to.
 */
export function layoutGraph(stages: readonly StageRecord[], size: GraphSize): GraphLayout {
  const layers = orderLayers(fillLayers(stages, size));
  const rows = layers.map((layer) => breakLines(layer, size));
  const lineWidth = (line: readonly Slot[]) =>
    line.reduce((sum, slot) => sum + slot.width + size.gap, -size.gap);
  const width = Math.max(...rows.flat().map(lineWidth), size.nodeWidth);

  const boxes = new Map<string, { x: number; top: number; bottom: number }>();
  const nodes: PlacedNode[] = [];
  let y = 0;
  for (const row of rows) {
    const height = row.length * (size.nodeHeight + LINE_GAP_Y) - LINE_GAP_Y;
    row.forEach((line, i) => {
      let x = (width - lineWidth(line)) / 2;
      const top = y + i * (size.nodeHeight + LINE_GAP_Y);
      for (const slot of line) {
        const box = slot.stage === undefined
          ? { top: y, bottom: y + height }
          : { top, bottom: top + size.nodeHeight };
        boxes.set(slot.id, { x: x + slot.width / 2, ...box });
        if (slot.stage !== undefined) nodes.push({ stage: slot.stage, x, y: top });
        x += slot.width + size.gap;
      }
    });
    y += height + GAP_Y;
  }
  return { width, height: Math.max(0, y - GAP_Y), nodes, edges: routeEdges(stages, layers, boxes) };
}

/** Names of the stages that a stage reads from, each once. */
export function sourcesOf(stage: StageRecord): readonly string[] {
  const names = Object.values(stage.inputs).map((input) => input.replace(/\.[^.]*$/, ""));
  return [...new Set(names)];
}

/**
 * Distance of each stage from the start. Inputs that name no stage of the run are ignored, and so
 * is an edge that would close a cycle: a damaged record is still drawn.
 */
function depths(stages: readonly StageRecord[]): ReadonlyMap<string, number> {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const known = new Map<string, number>();
  const open = new Set<string>();
  const depthOf = (stage: StageRecord): number => {
    const seen = known.get(stage.name);
    if (seen !== undefined) return seen;
    open.add(stage.name);
    let depth = 0;
    for (const source of sourcesOf(stage)) {
      const input = byName.get(source);
      if (input !== undefined && !open.has(source)) depth = Math.max(depth, depthOf(input) + 1);
    }
    open.delete(stage.name);
    known.set(stage.name, depth);
    return depth;
  };
  for (const stage of stages) depthOf(stage);
  return known;
}

const nodeId = (name: string) => `node ${name}`;
const laneId = (source: string, layer: number) => `lane ${layer} ${source}`;

function fillLayers(stages: readonly StageRecord[], size: GraphSize): Slot[][] {
  const depth = depths(stages);
  const layers: Slot[][] = [];
  const lanes = new Set<string>();
  const at = (layer: number) => layers[layer] ??= [];
  for (const stage of stages) {
    const layer = depth.get(stage.name) ?? 0;
    for (let i = 0; i <= layer; i++) at(i);
    const parents: string[] = [];
    for (const source of sourcesOf(stage)) {
      const from = depth.get(source);
      if (from === undefined || from >= layer) continue;
      let parent = nodeId(source);
      // Edges of one source share their lanes, so a data set read everywhere stays one line.
      for (let passed = from + 1; passed < layer; passed++) {
        const id = laneId(source, passed);
        if (!lanes.has(id)) at(passed).push({ id, width: LANE, parents: [parent] });
        lanes.add(id);
        parent = id;
      }
      parents.push(parent);
    }
    at(layer).push({ id: nodeId(stage.name), stage, width: size.nodeWidth, parents });
  }
  return layers;
}

/** Sorts each layer by the mean position of its neighbours, downwards and upwards in turn. */
function orderLayers(layers: readonly Slot[][]): Slot[][] {
  const ordered = layers.map((layer) => [...layer]);
  const children = new Map<string, string[]>();
  for (const slot of layers.flat()) {
    for (const parent of slot.parents) {
      children.set(parent, [...(children.get(parent) ?? []), slot.id]);
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (let step = 1; step < ordered.length; step++) {
      const index = down ? step : ordered.length - 1 - step;
      const fixed = ordered[down ? index - 1 : index + 1] ?? [];
      const place = new Map(fixed.map((slot, i) => [slot.id, (i + 0.5) / fixed.length]));
      const layer = ordered[index] ?? [];
      const target = new Map(layer.map((slot, i) => {
        const near = (down ? slot.parents : children.get(slot.id) ?? [])
          .map((id) => place.get(id)).filter((x) => x !== undefined);
        const mean = near.reduce((sum, x) => sum + x, 0) / near.length;
        return [slot.id, near.length === 0 ? (i + 0.5) / layer.length : mean];
      }));
      ordered[index] = layer.toSorted((a, b) => (target.get(a.id) ?? 0) - (target.get(b.id) ?? 0));
    }
  }
  return ordered;
}

function breakLines(layer: readonly Slot[], { maxWidth, gap }: GraphSize): Slot[][] {
  const lines: Slot[][] = [];
  let used = Infinity;
  for (const slot of layer) {
    if (used + slot.width > maxWidth) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(slot);
    used += slot.width + gap;
  }
  return lines;
}

function routeEdges(
  stages: readonly StageRecord[],
  layers: readonly Slot[][],
  boxes: ReadonlyMap<string, { readonly x: number; readonly top: number; readonly bottom: number }>,
): PlacedEdge[] {
  const depth = new Map(
    layers.flatMap((layer, i) => layer.map((slot): [string, number] => [slot.id, i])),
  );
  const edges: PlacedEdge[] = [];
  for (const stage of stages) {
    const target = boxes.get(nodeId(stage.name));
    const last = depth.get(nodeId(stage.name));
    for (const source of sourcesOf(stage)) {
      const start = boxes.get(nodeId(source));
      const first = depth.get(nodeId(source));
      if (!start || !target || first === undefined || last === undefined || first >= last) continue;
      const points: Point[] = [{ x: start.x, y: start.bottom }];
      for (let passed = first + 1; passed < last; passed++) {
        const lane = boxes.get(laneId(source, passed));
        if (lane) points.push({ x: lane.x, y: lane.top }, { x: lane.x, y: lane.bottom });
      }
      points.push({ x: target.x, y: target.top });
      edges.push({ from: source, to: stage.name, points });
    }
  }
  return edges;
}
