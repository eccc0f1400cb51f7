/** Pictures and animations: the result worth looking at. Films first, filmstrips and sheets below. */

import type { RunRecord } from "../../pipelines/run_record.ts";
import { formatSeconds } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import type { Section } from "../section.ts";
import { type Picture, showPictures } from "../show_pictures.ts";

export const media: Section = {
  id: "media",
  title: "Results to look at",
  render({ record, images, leftOut = 0 }) {
    const pictures = record.media.flatMap((item, i): (Picture & { stage: string })[] => {
      const image = images[i];
      if (image === undefined) return [];
      return [{ item, image, source: `sha256 ${item.blob.slice(0, 12)}`, stage: item.stage }];
    });
    if (pictures.length === 0) return undefined;
    const stages = [...new Set(record.media.map((item) => item.stage))];
    return markup`${
      stages.map((stage) =>
        markup`<p class="lead">${origin(stage, record)}</p>
        ${showPictures(pictures.filter((picture) => picture.stage === stage))}`
      )
    }${
      leftOut > 0 && markup`<p class="note">Pictures of ${leftOut} more stages of the sweep are left
      out; the store has them.</p>`
    }`;
  },
};

function origin(stage: string, record: RunRecord): Markup {
  const made = record.stages.find(({ name }) => name === stage);
  if (made === undefined) return markup`From stage <code>${stage}</code>.`;
  const time = formatSeconds(made.computeSeconds);
  return markup`From stage <code>${stage}</code> (${made.uses}, computed in ${time}).`;
}
