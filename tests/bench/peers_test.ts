import assert from "node:assert/strict";
import { networks } from "../../bench/networks/mod.ts";

Deno.test("bench/peers/peer.py knows the networks of bench/networks/", async () => {
  const path = new URL("../../bench/peers/peer.py", import.meta.url);
  const list = /^NETWORKS = (\[.*\])$/m.exec(await Deno.readTextFile(path))?.[1];
  assert.deepEqual(JSON.parse(list ?? "[]"), networks.map(({ id }) => id));
});
