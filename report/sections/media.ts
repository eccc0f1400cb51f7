/** Pictures and animations: the result worth looking at. Films first, filmstrips and sheets below. */

import type { MediaRecord, RunRecord } from "../../pipelines/run_record.ts";
import { formatSeconds } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import type { LoadedImage, Section } from "../section.ts";

interface Picture {
  readonly item: MediaRecord;
  readonly image: LoadedImage;
}

export const media: Section = {
  id: "media",
  title: "Results to look at",
  render({ record, images }) {
    const pictures = record.media.flatMap((item, i): Picture[] => {
      const image = images[i];
      return image === undefined ? [] : [{ item, image }];
    });
    if (pictures.length === 0) return undefined;
    const stages = [...new Set(record.media.map((item) => item.stage))];
    return markup`${
      stages.map((stage) => {
        const own = pictures.filter(({ item }) => item.stage === stage);
        const films = own.filter(({ item }) => item.type === "image/gif");
        const stills = own.filter(({ item }) => item.type === "image/png");
        return markup`<p class="lead">${origin(stage, record)}</p>
        ${films.length > 0 && filmGrid(films)}
        ${stills.map((still, i) => stillFigure(still, isStrip(still, films), i === 0))}`;
      })
    }`;
  },
};

function origin(stage: string, record: RunRecord): Markup {
  const made = record.stages.find(({ name }) => name === stage);
  if (made === undefined) return markup`From stage <code>${stage}</code>.`;
  const time = formatSeconds(made.computeSeconds);
  return markup`From stage <code>${stage}</code> (${made.uses}, computed in ${time}).`;
}

/** A PNG that is named like a GIF shows the frames of that film. */
function isStrip(still: Picture, films: readonly Picture[]): boolean {
  return films.some(({ item }) => item.name === still.item.name.replace(/png$/, "gif"));
}

function filmGrid(films: readonly Picture[]): Markup {
  return markup`
    <p class="still-note">Films are hidden because this device asks for less motion; the pictures
      below show the same frames.</p>
    <div class="films">${
    films.map((film) =>
      markup`
        <figure>${image(film)}<figcaption>${film.item.caption}</figcaption></figure>`
    )
  }
    </div>`;
}

/** A filmstrip or sheet, which is wider than a phone: it scrolls, and all but the first are folded. */
function stillFigure(still: Picture, isFilmstrip: boolean, open: boolean): Markup {
  const { name, caption } = still.item;
  return markup`
    <details class="still"${open && markup` open`}>
      <summary>${caption || name}${isFilmstrip && ", frame by frame"}</summary>
      <div class="frame" tabindex="0" role="region" aria-label="${name}">${image(still)}</div>
    </details>`;
}

function image({ item, image }: Picture): Markup {
  const { name, width, height, caption, blob } = item;
  if (image.kind === "missing") {
    const digest = blob.slice(0, 12);
    return markup`<p class="missing">${name} (sha256 ${digest}) cannot be shown: ${image.message}</p>`;
  }
  const text = caption || name;
  return markup`<img src="${image.address}" width="${width}" height="${height}" alt="${text}">`;
}
