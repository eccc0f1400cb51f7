/**
 * Operators that move a window, on `[batch, channel, height, width]`, plain or in blocks. Blocked
 * values are unpacked first and packed again afterwards.
 */

import type { Call, Operator } from "./evaluate_graph.ts";

type Labels = readonly [batch: number, channels: number, height: number, width: number];

interface Image {
  readonly labels: Labels;
  /** Row-major by the labels. */
  readonly data: Float64Array;
}

export const windowOperators: Readonly<Record<string, Operator>> = {
  Conv: (call) => {
    const filter = call.input(1);
    const x = readImage(call, 0);
    const weights = isBlocked(call) ? unpackFilter(call) : filter.data;
    const result = convolve(call, x, weights);
    if (call.has(2)) addBias(result, call.input(2).data);
    const packed = writeImage(call, result);
    if (!call.has(3)) return packed;
    const sum = call.input(3).data;
    return packed.map((value, i) => value + sum[i]!);
  },
  ConvTranspose: (call) => transposedConvolve(call),
  MaxPool: (call) => {
    const x = readImage(call, 0);
    const [, , height, width] = x.labels;
    const best = new Float64Array(sizeOf(call.type.shape)).fill(-Infinity);
    const positions = new Float64Array(best.length);
    visitWindows(call, x.labels, (plane, out, row, column) => {
      const from = (plane * height + row) * width + column;
      if (x.data[from]! > best[out]!) [best[out], positions[out]] = [x.data[from]!, from];
    });
    return [writeImage(call, { labels: labelsOf(call.type.shape), data: best }), positions];
  },
  AveragePool: (call) => {
    const x = readImage(call, 0);
    const [, , height, width] = x.labels;
    const sums = new Float64Array(sizeOf(call.type.shape));
    const counts = new Float64Array(sums.length);
    visitWindows(call, x.labels, (plane, out, row, column) => {
      sums[out] = sums[out]! + x.data[(plane * height + row) * width + column]!;
      counts[out] = counts[out]! + 1;
    });
    const means = sums.map((sum, i) => sum / counts[i]!);
    return writeImage(call, { labels: labelsOf(call.type.shape), data: means });
  },
  Upsample: (call) => {
    const x = readImage(call, 0);
    const labels = labelsOf(call.type.shape);
    const [, , down = 1, across = 1] = call.list("scales", []);
    const data = fill(
      labels,
      (n, c, row, column) => at(x, n, c, Math.floor(row / down), Math.floor(column / across)),
    );
    return writeImage(call, { labels, data });
  },
  ReorderInput: (call) => {
    const { shape, data } = call.input(0);
    const labels = labelsOf(call.type.shape);
    if (call.integer("channels_last", 0) === 0) {
      return pack({ labels: labelsOf(shape), data }, call.blockSize);
    }
    const [, height = 0, width = 0, channels = 0] = shape;
    const image = fill(
      labels,
      (n, c, row, column) =>
        c < channels ? data[((n * height + row) * width + column) * channels + c]! : 0,
    );
    return pack({ labels, data: image }, call.blockSize);
  },
  ReorderOutput: (call) => {
    const image = readImage(call, 0);
    const [batch, , height, width] = image.labels;
    const channels = call.integer("channels", 0);
    const isLast = call.integer("channels_last", 0) === 1;
    const result = new Float64Array(sizeOf(call.type.shape));
    for (let n = 0; n < batch; n++) {
      for (let c = 0; c < channels; c++) {
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const to = isLast
              ? ((n * height + row) * width + column) * channels + c
              : ((n * channels + c) * height + row) * width + column;
            result[to] = at(image, n, c, row, column);
          }
        }
      }
    }
    return result;
  },
};

function isBlocked({ node }: Call): boolean {
  return node.domain === "com.microsoft.nchwc";
}

/** Fewer channels than a block are not blocked. */
function readImage(call: Call, position: number): Image {
  const { shape, data } = call.input(position);
  const labels = labelsOf(shape);
  if (!isBlocked(call) || labels[1] < call.blockSize) return { labels, data };
  const [, channels, height, width] = labels;
  const k = call.blockSize;
  const unpacked = fill(labels, (n, c, row, column) => {
    const block = n * (channels / k) + Math.floor(c / k);
    return data[((block * height + row) * width + column) * k + c % k]!;
  });
  return { labels, data: unpacked };
}

function writeImage(call: Call, image: Image): Float64Array {
  return isBlocked(call) ? pack(image, call.blockSize) : image.data;
}

function pack(image: Image, k: number): Float64Array {
  const [batch, channels, height, width] = image.labels;
  const result = new Float64Array(image.data.length);
  let i = 0;
  for (let n = 0; n < batch; n++) {
    for (let block = 0; block < channels; block += k) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          for (let c = block; c < block + k; c++) result[i++] = at(image, n, c, row, column);
        }
      }
    }
  }
  return result;
}

/** `[output, input, row, column]` from the order that blocked convolutions read. */
function unpackFilter(call: Call): Float64Array {
  const { shape, data } = call.input(1);
  const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
  const k = call.blockSize;
  const taps = height * width;
  const result = new Float64Array(data.length);
  for (let o = 0; o < outputs; o++) {
    const [block, inBlock] = [Math.floor(o / k), o % k];
    for (let i = 0; i < inputs; i++) {
      for (let tap = 0; tap < taps; tap++) {
        const from = inputs < k
          ? ((block * inputs + i) * taps + tap) * k + inBlock
          : (((block * (inputs / k) + Math.floor(i / k)) * taps + tap) * k + i % k) * k + inBlock;
        result[(o * inputs + i) * taps + tap] = data[from]!;
      }
    }
  }
  return result;
}

function convolve(call: Call, x: Image, weights: Float64Array): Image {
  const labels = labelsOf(call.type.shape);
  const [outputs = 0, inputs = 0, kernelHeight = 0, kernelWidth = 0] = call.input(1).shape;
  const perGroup = outputs / call.integer("group", 1);
  const { strides, dilations, pads } = windowOf(call);
  const [, , height, width] = x.labels;
  const data = fill(labels, (n, o, outRow, outColumn) => {
    const first = Math.floor(o / perGroup) * inputs;
    let sum = 0;
    for (let v = 0; v < kernelHeight; v++) {
      const row = outRow * strides[0]! - pads[0]! + v * dilations[0]!;
      if (row < 0 || row >= height) continue;
      for (let h = 0; h < kernelWidth; h++) {
        const column = outColumn * strides[1]! - pads[1]! + h * dilations[1]!;
        if (column < 0 || column >= width) continue;
        for (let i = 0; i < inputs; i++) {
          sum += weights[((o * inputs + i) * kernelHeight + v) * kernelWidth + h]! *
            at(x, n, first + i, row, column);
        }
      }
    }
    return sum;
  });
  return { labels, data };
}

function transposedConvolve(call: Call): Float64Array {
  const x = readImage(call, 0);
  const filter = call.input(1);
  const [, perGroup = 0, kernelHeight = 0, kernelWidth = 0] = filter.shape;
  const { strides, dilations, pads } = windowOf(call);
  const [batch, channels, height, width] = x.labels;
  const inGroup = channels / call.integer("group", 1);
  const [, outputs, outHeight, outWidth] = labelsOf(call.type.shape);
  const result = new Float64Array(sizeOf(call.type.shape));
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const first = Math.floor(c / inGroup) * perGroup;
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          for (let o = 0; o < perGroup; o++) {
            for (let v = 0; v < kernelHeight; v++) {
              const y = row * strides[0]! - pads[0]! + v * dilations[0]!;
              if (y < 0 || y >= outHeight) continue;
              for (let h = 0; h < kernelWidth; h++) {
                const z = column * strides[1]! - pads[1]! + h * dilations[1]!;
                if (z < 0 || z >= outWidth) continue;
                const to = ((n * outputs + first + o) * outHeight + y) * outWidth + z;
                const weight = filter
                  .data[((c * perGroup + o) * kernelHeight + v) * kernelWidth + h]!;
                result[to] = result[to]! + weight * at(x, n, c, row, column);
              }
            }
          }
        }
      }
    }
  }
  return result;
}

function addBias({ labels: [, channels, height, width], data }: Image, bias: Float64Array): void {
  data.forEach((value, i) => {
    data[i] = value + bias[Math.floor(i / (height * width)) % channels]!;
  });
}

/** Calls `visit` for each element of each window, in order. */
function visitWindows(
  call: Call,
  [batch, channels, height, width]: Labels,
  visit: (plane: number, out: number, row: number, column: number) => void,
): void {
  const [, , outHeight, outWidth] = labelsOf(call.type.shape);
  const [kernelHeight = 1, kernelWidth = 1] = call.list("kernel_shape", []);
  const { strides, pads } = windowOf(call);
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const out = (plane * outHeight + y) * outWidth + x;
        for (let v = 0; v < kernelHeight; v++) {
          const row = y * strides[0]! - pads[0]! + v;
          if (row < 0 || row >= height) continue;
          for (let h = 0; h < kernelWidth; h++) {
            const column = x * strides[1]! - pads[1]! + h;
            if (column >= 0 && column < width) visit(plane, out, row, column);
          }
        }
      }
    }
  }
}

function windowOf(call: Call) {
  return {
    strides: call.list("strides", [1, 1]),
    dilations: call.list("dilations", [1, 1]),
    pads: call.list("pads", [0, 0, 0, 0]),
  };
}

function fill(
  [batch, channels, height, width]: Labels,
  value: (n: number, c: number, row: number, column: number) => number,
): Float64Array {
  const data = new Float64Array(batch * channels * height * width);
  let i = 0;
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) data[i++] = value(n, c, row, column);
      }
    }
  }
  return data;
}

function at({ labels, data }: Image, n: number, c: number, row: number, column: number): number {
  const [, channels, height, width] = labels;
  return data[((n * channels + c) * height + row) * width + column]!;
}

function labelsOf(shape: readonly number[]): Labels {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  return [batch, channels, height, width];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
