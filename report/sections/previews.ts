/** What the stages of this run showed while they worked: the last of it. */

import type { RunRecord } from "../../pipelines/run_record.ts";
import { type Markup, markup } from "../markup.ts";
import type { Section } from "../section.ts";
import { showPictures } from "../show_pictures.ts";

export const previews: Section = {
  id: "previews",
  title: "Previews",
  render({ record, previews }) {
    if (previews.length === 0) return undefined;
    const stages = [...new Set(previews.map(({ item }) => item.stage))];
    return markup`${
      stages.map((stage) => {
        const own = previews.filter(({ item }) => item.stage === stage);
        const pictures = own.map(({ item, image }) => ({ item, image, source: item.file }));
        return markup`<p class="lead">${origin(stage, own[0]?.item.step, record)}</p>
        ${showPictures(pictures)}`;
      })
    }`;
  },
};

function origin(stage: string, step: number | undefined, { previews }: RunRecord): Markup {
  const earlier = previews.filter((other) => other.stage === stage && other.step !== step).length;
  return markup`Stage <code>${stage}</code> at step ${step}, unfinished work that no result depends on.${
    earlier > 0 && markup` Earlier ones: ${earlier} in <code>previews/${stage}</code>.`
  }`;
}
