/** Drawing smooth-edged figures into frames of colour. */

/** uint8 `[size, size, 3]`. */
export interface ColourFrame {
  readonly pixels: Uint8Array;
  readonly size: number;
}

/** Red, green and blue, 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** In pixels; pixel (column, row) covers [column, column + 1) x [row, row + 1). */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Lays a colour over the pixels of a box: `old + coverage (colour - old)`, halves rounded up.
 * @param coverage Share of a pixel that the figure covers, from the pixel's centre; below 0 and above 1 are cut.
 */
export function paint(
  { pixels, size }: ColourFrame,
  box: Box,
  { colour, coverage }: {
    readonly colour: Colour;
    readonly coverage: (x: number, y: number) => number;
  },
): void {
  const inside = (value: number) => Math.min(size, Math.max(0, value));
  const [left, right] = [inside(Math.floor(box.left)), inside(Math.ceil(box.right))];
  const [top, bottom] = [inside(Math.floor(box.top)), inside(Math.ceil(box.bottom))];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const share = Math.min(1, coverage(column + 0.5, row + 0.5));
      if (share <= 0) continue;
      const at = (row * size + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const old = pixels[at + channel]!;
        pixels[at + channel] = Math.floor(old + share * (colour[channel]! - old) + 0.5);
      }
    }
  }
}

/** A disc; its edge is a ramp one pixel wide, so its area is π (radius² + 1/12): 1 % more at 3 pixels. */
export function paintDisc(
  frame: ColourFrame,
  { x, y, radius }: Point & { readonly radius: number },
  colour: Colour,
): void {
  paint(frame, around({ x, y }, { x, y }, radius), {
    colour,
    coverage: (px, py) => radius + 0.5 - Math.sqrt((px - x) ** 2 + (py - y) ** 2),
  });
}

/** A square along the axes, with exact coverage. */
export function paintSquare(
  frame: ColourFrame,
  { x, y, radius }: Point & { readonly radius: number },
  colour: Colour,
): void {
  const overlap = (pixel: number, centre: number) =>
    Math.max(0, Math.min(pixel + 0.5, centre + radius) - Math.max(pixel - 0.5, centre - radius));
  paint(frame, around({ x, y }, { x, y }, radius), {
    colour,
    coverage: (px, py) => overlap(px, x) * overlap(py, y),
  });
}

/** A line of round ends. */
export function paintLine(
  frame: ColourFrame,
  { from, to, radius }: { readonly from: Point; readonly to: Point; readonly radius: number },
  colour: Colour,
): void {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squared = dx * dx + dy * dy;
  paint(frame, around(from, to, radius), {
    colour,
    coverage(px, py) {
      const along = squared === 0 ? 0 : ((px - from.x) * dx + (py - from.y) * dy) / squared;
      const nearest = Math.min(1, Math.max(0, along));
      const [ox, oy] = [px - from.x - nearest * dx, py - from.y - nearest * dy];
      return radius + 0.5 - Math.sqrt(ox * ox + oy * oy);
    },
  });
}

/** Figures reach half a pixel beyond their radius. */
function around(a: Point, b: Point, radius: number): Box {
  const reach = radius + 0.5;
  return {
    left: Math.min(a.x, b.x) - reach,
    top: Math.min(a.y, b.y) - reach,
    right: Math.max(a.x, b.x) + reach,
    bottom: Math.max(a.y, b.y) + reach,
  };
}
