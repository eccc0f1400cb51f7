/** Ways in which generated images go wrong, done to real ones. */

/** What a network learns to name; `none` leaves the image as it is. */
export const spoilings = ["none", "blur", "noise", "jumble", "mixture"] as const;

export type Spoiling = (typeof spoilings)[number];

export interface SpoilOptions {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Uniform in (0, 1): how much, and for `jumble` where. */
  readonly draws: readonly [strength: number, where: number];
  /** Standard normals, one for each value. */
  readonly noise: Float32Array;
  /** The image that a mixture brings in. */
  readonly other: Float32Array;
}

/** Spoils an image `[height, width, channel]` in [0, 1], in place. */
export function spoilImage(image: Float32Array, kind: Spoiling, options: SpoilOptions): void {
  const [strength, where] = options.draws;
  switch (kind) {
    case "none":
      return;
    case "blur":
      return blur(image, options, 0.5 + strength);
    case "noise":
      return add(image, options.noise, 0.03 + 0.17 * strength);
    case "jumble":
      return jumble(image, options, where);
    case "mixture":
      return mix(image, options.other, 0.2 + 0.3 * strength);
    default:
      kind satisfies never;
  }
}

/** Gaussian of standard deviation `sigma` pixels along both axes; the border's pixels are repeated. */
function blur(image: Float32Array, { height, width, channels }: SpoilOptions, sigma: number): void {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const row = width * channels;
  // Along rows, then along columns: positions of one line lie `stride` values apart.
  const axes = [
    { lines: height, lineStride: row, size: width, stride: channels },
    { lines: width, lineStride: channels, size: height, stride: row },
  ];
  for (const { lines, lineStride, size, stride } of axes) {
    const source = image.slice();
    for (let line = 0; line < lines; line++) {
      for (let at = 0; at < size; at++) {
        for (let channel = 0; channel < channels; channel++) {
          const start = line * lineStride + channel;
          let sum = 0;
          for (let k = -reach; k <= reach; k++) {
            const from = Math.min(size - 1, Math.max(0, at + k));
            sum += weights[k + reach]! * source[start + from * stride]!;
          }
          image[start + at * stride] = sum / total;
        }
      }
    }
  }
}

function add(image: Float32Array, noise: Float32Array, sigma: number): void {
  for (let i = 0; i < image.length; i++) {
    image[i] = Math.min(1, Math.max(0, image[i]! + sigma * noise[i]!));
  }
}

/** Exchanges a quarter of the image with the quarter diagonally opposite, or with its neighbour. */
function jumble(image: Float32Array, options: SpoilOptions, where: number): void {
  const { width, channels } = options;
  const [height, half] = [Math.floor(options.height / 2), Math.floor(width / 2)];
  // Top left with bottom right, top right with bottom left, the tops, the left ones.
  const pairs = [[0, 0, 1, 1], [0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 1, 0]] as const;
  const [top, left, bottom, right] = pairs[Math.floor(where * pairs.length)]!;
  for (let row = 0; row < height; row++) {
    const a = ((top * height + row) * width + left * half) * channels;
    const b = ((bottom * height + row) * width + right * half) * channels;
    const held = image.slice(a, a + half * channels);
    image.copyWithin(a, b, b + half * channels);
    image.set(held, b);
  }
}

function mix(image: Float32Array, other: Float32Array, share: number): void {
  for (let i = 0; i < image.length; i++) image[i] = (1 - share) * image[i]! + share * other[i]!;
}
