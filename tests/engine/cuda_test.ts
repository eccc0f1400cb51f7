import assert from "node:assert/strict";
import { findCuda, findPackage } from "../../engine/cuda/find_cuda.ts";
import { restoreUtil } from "../../engine/cuda/restore_util.ts";

async function inFolder(test: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("findCuda() names the first thing that is missing", () =>
  inFolder(async (folder) => {
    const driver = `${folder}/libcuda.so.1`;
    const places = { drivers: [`${folder}/none`, driver], folder };
    assert.equal(findCuda(places, "linux"), "no gpu");
    await Deno.writeTextFile(driver, "");
    assert.equal(findCuda(places, "linux"), "no package");
    const root = `${folder}/node_modules/@tensorflow/tfjs-node-gpu`;
    await Deno.mkdir(root, { recursive: true });
    await Deno.writeTextFile(`${root}/package.json`, "{}");
    assert.equal(findCuda(places, "linux"), "no library");
    await Deno.mkdir(`${root}/lib/napi-v8`, { recursive: true });
    assert.equal(findCuda(places, "linux"), "no library");
    await Deno.writeTextFile(`${root}/lib/napi-v8/tfjs_binding.node`, "");
    assert.equal(findCuda(places, "linux"), "ready");
    assert.equal(findCuda({ ...places, drivers: [`${folder}/none`] }, "linux"), "no gpu");
    assert.equal(findPackage(folder), "ready");
    // Drivers lie elsewhere on Windows, and no CUDA on macOS.
    assert.equal(findCuda({ ...places, drivers: [`${folder}/none`] }, "windows"), "ready");
    assert.equal(findCuda(places, "darwin"), "no gpu");
  }));

Deno.test("restoreUtil() adds what tfjs-node calls, and leaves what is there", () => {
  const own = () => false;
  const util: Record<string, unknown> = { isArray: own };
  restoreUtil(util);
  assert.equal(util["isArray"], own);
  const isNullOrUndefined = util["isNullOrUndefined"] as (value: unknown) => boolean;
  assert.deepEqual([null, undefined, 0, ""].map(isNullOrUndefined), [true, true, false, false]);
});
