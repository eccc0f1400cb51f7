import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { readNumberRows } from "../../../stages/dataset/read_number_rows.ts";

const table = fc.record({
  rows: fc.integer({ min: 1, max: 8 }),
  columns: fc.integer({ min: 1, max: 5 }),
  end: fc.constantFrom("", "\n", "\r\n"),
  space: fc.constantFrom("", " ", "\t"),
}).chain(({ rows, columns, end, space }) =>
  fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
    minLength: rows * columns,
    maxLength: rows * columns,
  }).map((values) => {
    const cells = values.map((value) => `${space}${Object.is(value, -0) ? "-0" : value}${space}`);
    return { rows, columns, values, cells, end };
  })
);

const textOf = (cells: readonly string[], columns: number, end: string) => {
  const lines = Array.from(
    { length: Math.ceil(cells.length / columns) },
    (_, row) => cells.slice(row * columns, (row + 1) * columns).join(","),
  );
  return lines.join(end === "\r\n" ? "\r\n" : "\n") + end;
};

Deno.test("readNumberRows() gives back every finite float32 that was written", () => {
  fc.assert(fc.property(table, ({ rows, columns, values, cells, end }) => {
    const text = textOf(cells, columns, end);
    deepEqual(readNumberRows(text, { rows, columns }, "a.csv"), Float32Array.from(values));
  }));
});

Deno.test("readNumberRows() names file, line and cell of what is no finite number", () => {
  const bad = fc.constantFrom(
    "",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "1e39",
    "0x1f",
    "1_0",
    "1.2.3",
    "a",
    "1 2",
  );
  fc.assert(fc.property(table, bad, fc.nat(), ({ rows, columns, cells, end }, cell, place) => {
    const at = place % cells.length;
    const spoiled = cells.map((own, i) => i === at ? cell : own);
    const where =
      `Cannot read "a/b.csv": line ${Math.floor(at / columns) + 1}, cell ${at % columns + 1} ` +
      `must be a finite number, but it is ${JSON.stringify(cell)}`;
    // One empty cell of one row at the end is a row that is not there.
    if (cell === "" && columns === 1 && at === rows - 1 && end === "") return;
    throws(() => readNumberRows(textOf(spoiled, columns, end), { rows, columns }, "a/b.csv"), {
      name: "SyntaxError",
      message: where,
    });
  }));
});

Deno.test("readNumberRows() names the line where rows or cells are missing or too many", () => {
  const message = (text: string) => {
    try {
      readNumberRows(text, { rows: 3, columns: 2 }, "x.csv");
      return "";
    } catch (error) {
      return error instanceof SyntaxError ? error.message : String(error);
    }
  };
  const all = (count: number) =>
    `there must be 3 lines, one for each frame and no header, but there are ${count}`;
  equal(message("1,2\n3,4\n5,6\n"), "");
  equal(message("1,2\n3,4"), `Cannot read "x.csv": line 3 is missing: ${all(2)}`);
  equal(message("1,2\n3,4\n5,6\n7,8\n"), `Cannot read "x.csv": line 4 is too much: ${all(4)}`);
  equal(message("1,2\n3\n5,6\n"), 'Cannot read "x.csv": line 2 must have 2 cells, but it has 1');
  equal(
    message("1,2\n3,4,5\n5,6\n"),
    'Cannot read "x.csv": line 2 must have 2 cells, but it has 3',
  );
  equal(
    message("dx,dy\n1,2\n3,4\n5,6\n"),
    'Cannot read "x.csv": line 1, cell 1 must be a finite number, but it is "dx"',
  );
  equal(
    message("1,2\n\n5,6\n"),
    'Cannot read "x.csv": line 2, cell 1 must be a finite number, but it is ""',
  );
});
