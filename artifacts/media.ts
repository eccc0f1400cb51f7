/** Pictures and animations for a person to look at. */

export interface MediaItem {
  /** File name with extension, unique within the artifact: `row_0.gif`. */
  readonly name: string;
  readonly type: "image/gif" | "image/png";
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  readonly bytes: Uint8Array;
}

export interface Media {
  readonly items: readonly MediaItem[];
}
