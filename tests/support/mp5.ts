/** What the notebook MP5 printed, and PyTorch's gradients of its cells; tests/fixtures/mp5.json. */

import * as z from "zod";

const numbers = z.array(z.number());

const schema = z.strictObject({
  source: z.string(),
  linear: z.strictObject({
    /** `[output, input]`. */
    weight: z.array(numbers),
    bias: numbers,
    printedOutput: numbers,
  }),
  lstmCell: z.strictObject({ printedHidden: numbers, printedCell: numbers }),
  random: z.strictObject({
    numpySeed: z.int(),
    rand5: numbers,
    randNext: numbers,
    torchRandn5: numbers,
    cosSin: numbers,
  }),
  gradients: z.strictObject({
    madeBy: z.string(),
    lstm: z.record(z.string(), numbers),
    gru: z.record(z.string(), numbers),
  }),
});

export type Mp5 = z.infer<typeof schema>;

export async function readMp5(): Promise<Mp5> {
  const url = new URL("../fixtures/mp5.json", import.meta.url);
  return schema.parse(JSON.parse(await Deno.readTextFile(url)));
}

/** Row-major `[rows, columns]` as row-major `[columns, rows]`: PyTorch keeps its matrices the other way round. */
export function transposed(values: readonly number[], rows: number, columns: number): number[] {
  return Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!,
  );
}

/** 0.5 sin(k + offset), k = 1, 2, ..., the fill of the numeric checks. */
export function sines(count: number, offset: number): number[] {
  return Array.from({ length: count }, (_, i) => 0.5 * Math.sin(i + 1 + offset));
}
