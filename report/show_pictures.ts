/** Pictures on the page: films side by side, filmstrips and sheets one below the other. */

import { type Markup, markup } from "./markup.ts";
import type { LoadedImage } from "./section.ts";

export interface Picture {
  readonly item: {
    readonly name: string;
    readonly type: "image/gif" | "image/png";
    readonly width: number;
    readonly height: number;
    readonly caption: string;
  };
  readonly image: LoadedImage;
  /** Where it should have been, for when it is not there. */
  readonly source: string;
}

export function showPictures(pictures: readonly Picture[]): Markup {
  const films = pictures.filter(({ item }) => item.type === "image/gif");
  const stills = pictures.filter(({ item }) => item.type === "image/png");
  return markup`${films.length > 0 && filmGrid(films)}
        ${stills.map((still, i) => stillFigure(still, isStrip(still, films), i === 0))}`;
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

function image({ item, image, source }: Picture): Markup {
  const { name, width, height, caption } = item;
  if (image.kind === "missing") {
    return markup`<p class="missing">${name} (${source}) cannot be shown: ${image.message}</p>`;
  }
  const text = caption || name;
  return markup`<img src="${image.address}" width="${width}" height="${height}" alt="${text}">`;
}
