import assert from "node:assert/strict";
import { findCycle } from "../../tools/find_cycle.ts";
import { importsOf } from "../../tools/module_graph.ts";
import { forbiddenImports } from "../../tools/room_rules.ts";
import { missingFromTables } from "../../tools/unit_tables.ts";

Deno.test("importsOf() resolves static, type, re-exported and dynamic imports", () => {
  const source = [
    'import { a } from "./a.ts";',
    'import type { B } from "../other/b.ts";',
    'export * from "./c.ts";',
    'import {\n  d,\n} from "./d.ts";',
    'import "./e.ts";',
    'const f = await import("./f.ts");',
    'import zod from "zod";',
  ].join("\n");
  assert.deepEqual(
    importsOf("room/x.ts", source).map(({ to, typeOnly }) => [to, typeOnly]),
    [
      ["room/a.ts", false],
      ["other/b.ts", true],
      ["room/c.ts", false],
      ["room/d.ts", false],
      ["room/e.ts", false],
      ["room/f.ts", false],
    ],
  );
});

Deno.test("findCycle() names the circle and accepts a diamond", () => {
  const edge = (from: string, to: string) => ({ from, to, line: 1, typeOnly: false });
  assert.deepEqual(findCycle([edge("a", "b"), edge("b", "c"), edge("c", "a")]), [
    "a",
    "b",
    "c",
    "a",
  ]);
  assert.equal(
    findCycle([edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d")]),
    undefined,
  );
});

Deno.test("forbiddenImports() refuses an upward import and a side door", () => {
  const [upward] = forbiddenImports([
    { from: "models/unet.ts", to: "stages/mod.ts", line: 3, typeOnly: false },
  ]);
  assert.equal(upward, 'models/unet.ts:3: models must not import stages ("stages/mod.ts")');
  const [sideDoor] = forbiddenImports([
    { from: "stages/a.ts", to: "pipelines/plan/plan.ts", line: 1, typeOnly: false },
  ]);
  assert.match(sideDoor ?? "", /stages may import pipelines\/stage\.ts/);
  assert.deepEqual(
    forbiddenImports([{ from: "stages/a.ts", to: "pipelines/stage.ts", line: 1, typeOnly: true }]),
    [],
  );
});

Deno.test("missingFromTables() names a unit that its table forgot", () => {
  const sources = new Map([
    ["metrics/mod.ts", 'export { psnr } from "./psnr.ts";'],
    ["metrics/psnr.ts", ""],
    ["metrics/ssim.ts", ""],
  ]);
  assert.deepEqual(missingFromTables([...sources.keys()], sources), [
    "metrics/mod.ts: does not list metrics/ssim.ts",
  ]);
});
