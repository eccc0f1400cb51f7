import assert from "node:assert/strict";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { measureStore } from "../../../pipelines/store/store_size.ts";
import { putResult, recordPath } from "../../support/put_result.ts";
import { withFolder } from "../../support/tiny_run.ts";

Deno.test("measureStore() counts a shared file once, and each result as it stands", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const day = { ageS: 86_400 };
    const rooted = await putResult(root, { "a.bin": "aaa", "s.bin": "shared" }, day);
    const unrooted = await putResult(root, { "b.bin": "bbbb", "s.bin": "shared" }, day);
    const young = await putResult(root, { "c.bin": "ccccc" }, { stage: "young" });
    await openLocalStore(root).putBlob(new Uint8Array(20));
    await Deno.mkdir(`${folder}/runs/1`, { recursive: true });
    await Deno.writeTextFile(`${folder}/runs/1/run.json`, JSON.stringify([rooted.key]));
    const record = ({ key }: { readonly key: string }) => Deno.statSync(recordPath(root, key)).size;

    const size = await measureStore(root, [`${folder}/runs`]);
    assert.deepEqual(size.kinds, { curves: { count: 3, bytes: 3 + 6 + 4 + 5 } });
    assert.deepEqual(size.results, {
      leased: { count: 0, bytes: 0 },
      young: { count: 1, bytes: record(young) + 5 },
      rooted: { count: 1, bytes: record(rooted) + 9 },
      unrooted: { count: 1, bytes: record(unrooted) + 4 },
    });
    assert.deepEqual(size.orphans, { count: 1, bytes: 20 });
    assert.deepEqual(size.notices, []);
    const lease = await openLocalStore(root).tryLease(unrooted.key);
    assert.ok("release" in lease);
    const leased = await measureStore(root, [`${folder}/runs`]);
    assert.equal(leased.results.leased.count, 1);
    assert.match(leased.leases[unrooted.key] ?? "", new RegExp(`^process ${Deno.pid} on `));
    lease.release();
  }));
