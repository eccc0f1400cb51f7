import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { withFolder } from "../support/tiny_run.ts";

const list = (count: number) => Array.from({ length: count }, (_, i) => i + 1).join();

const sweep = (points: number) => `
matrix: { by: [${list(points)}] }
stages:
  numbers: { uses: tiny/numbers }
  scaled: { uses: tiny/scale, with: { by: "\${matrix.by}" }, inputs: { curve: numbers.curve } }
  scores: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;

Deno.test("plan of a short sweep has a line per stage, of a long one a line per stage of the config", async () => {
  await withFolder(async (folder) => {
    const plan = async (points: number) => {
      await Deno.writeTextFile(`${folder}/s.yaml`, sweep(points));
      const { out } = await command(folder, ["plan", "s.yaml"]);
      return out.trimEnd().split("\n").map((line) => line.trimEnd().replaceAll(/ +/g, " "));
    };
    assert.deepEqual(await plan(2), [
      "plan s 5 stages to run: numbers scaled ×2 scores ×2",
      "run numbers tiny/numbers first run",
      "run scaled@by=1 tiny/scale first run",
      "run scaled@by=2 tiny/scale first run",
      "run scores@by=1 tiny/total first run",
      "run scores@by=2 tiny/total first run",
    ]);
    assert.deepEqual(await plan(50), [
      "plan s 101 stages to run: numbers scaled ×50 scores ×50",
      "run numbers tiny/numbers first run",
      "run scaled ×50 tiny/scale first run",
      "run scores ×50 tiny/total first run",
    ]);
  });
});

Deno.test("--point chooses points; one that there is not is a usage error", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/s.yaml`, sweep(9));
    const chosen = await command(folder, ["plan", "s.yaml", "--point", "by=7", "--json"]);
    const names = JSON.parse(chosen.out).stages.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ["numbers", "scaled@by=7", "scores@by=7"]);
    const wrong = await command(folder, ["plan", "s.yaml", "--point", "bu=7"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /unknown variable "bu". Did you mean "by"\?/);
    const absent = await command(folder, ["plan", "s.yaml", "--point", "by=70"]);
    assert.deepEqual([absent.code, absent.out], [2, ""]);
  });
});
