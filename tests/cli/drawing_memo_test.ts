import assert from "node:assert/strict";
import { drawingMemo } from "../../cli/drawing_memo.ts";
import { flipBit } from "../support/put_result.ts";
import { withFolder } from "../support/tiny_run.ts";

Deno.test("drawingMemo() gives back what was written, and nothing that was changed or cut since", () =>
  withFolder(async (store) => {
    const memo = drawingMemo(store);
    const text = "<svg>é</svg>";
    assert.equal(await memo.read("k"), undefined);
    await memo.write("k", text);
    assert.equal(await memo.read("k"), text);
    const path = `${store}/drawings/k.svg`;
    const whole = await Deno.readFile(path);
    for (const at of [0, 8, whole.length - 10, whole.length - 1]) {
      flipBit(path, at);
      assert.equal(await memo.read("k"), undefined, `byte ${at}`);
      await Deno.writeFile(path, whole);
    }
    for (const length of [0, 5, whole.length - 1]) {
      await Deno.truncate(path, length);
      assert.equal(await memo.read("k"), undefined, `${length} bytes`);
      await Deno.writeFile(path, whole);
    }
    assert.equal(await memo.read("k"), text);
  }));

Deno.test("drawingMemo() that cannot write does without", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/store`, "no folder");
    await drawingMemo(`${folder}/store`).write("k", "<svg/>");
  }));
