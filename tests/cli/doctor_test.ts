import assert from "node:assert/strict";
import { doctorVerb } from "../../cli/doctor.ts";
import { withFolder } from "../support/tiny_run.ts";

async function doctor(folder: string, json: boolean) {
  let out = "";
  const terminal = {
    out: (text: string) => out += text,
    err: () => undefined,
    isInteractive: false,
    hasColor: false,
    errHasColor: false,
    columns: 80,
    rows: 24,
  };
  const host = { terminal, folder, loadStages: () => Promise.resolve({}) };
  const code = await doctorVerb({ store: "store", json }, host);
  return { code, out };
}

Deno.test("doctor finds everything in order on the machine that runs the tests", () =>
  withFolder(async (folder) => {
    const { code, out } = await doctor(folder, false);
    assert.equal(code, 0, out);
    assert.match(out, /✓ Deno +deno \d/);
    assert.match(out, /✓ ONNX Runtime +onnxruntime \d/);
    assert.match(out, /✓ Store +.*store is writable, 0 results/);
  }));

Deno.test("doctor ends with 1 and says how to fix a store that cannot be used", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/store`, "");
    const { code, out } = await doctor(folder, true);
    assert.equal(code, 1);
    const { findings } = JSON.parse(out);
    const store = findings.find(({ what }: { what: string }) => what === "Store");
    assert.equal(store.state, "missing");
    assert.match(store.found, /must be a folder/);
    assert.match(store.fix, /--store <folder>/);
  }));
