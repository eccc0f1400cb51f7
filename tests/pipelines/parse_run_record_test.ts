import assert from "node:assert/strict";
import { parseRunRecord } from "../../pipelines/parse_run_record.ts";
import { runRecord, sweepRecord, sweptStage } from "../support/sweep_record.ts";

Deno.test("parseRunRecord() keeps the points of a sweep, whatever their values", () => {
  const record = sweepRecord();
  assert.deepEqual(parseRunRecord(JSON.stringify(record)), record);
  const odd = runRecord([sweptStage("s", { widths: [8, 16], kind: null, options: { a: true } })]);
  assert.deepEqual(parseRunRecord(JSON.stringify(odd)).stages[0]?.point, odd.stages[0]?.point);
});

Deno.test("parseRunRecord() takes previews of points, and none from outside of the run's folder", () => {
  const preview = (file: string) => ({
    ...{ stage: "s", step: 1, name: "a.png", type: "image/png" as const, width: 1, height: 1 },
    ...{ caption: "", file },
  });
  const read = (file: string) =>
    parseRunRecord(JSON.stringify(runRecord([], { previews: [preview(file)] })));
  for (const file of ["previews/s/a.png", "previews/model@lr=1e-7,kind=Adam~0a/step_1.png"]) {
    assert.equal(read(file).previews[0]?.file, file);
  }
  for (
    const file of [
      "previews/../a.png",
      "previews/s/../a.png",
      "../s/a.png",
      "previews/s@/../a.png",
      "previews/@s/a.png",
      "previews/s/a/b.png",
      "/previews/s/a.png",
      "previews/s\\..\\a.png",
    ]
  ) {
    assert.throws(() => read(file), SyntaxError, file);
  }
});
