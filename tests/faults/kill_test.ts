/** A few moments of the fault suite; `deno task faults` has 200 and more. */

import assert from "node:assert/strict";
import { withMemoryDisk } from "../support/memory_disk.ts";
import { killAndFinish, momentOf, runUndisturbed } from "./kill_run.ts";

const MOMENTS = 24;
/** Bytes: a slow disk would make it a test of the disk. */
const ROOM = 2 ** 28;

Deno.test({
  name: "kill -9 of a run at any moment leaves no orphan, no damage and no false hit",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withMemoryDisk(ROOM, async (outer) => {
      await Deno.mkdir(`${outer}/undisturbed`);
      const undisturbed = await runUndisturbed(`${outer}/undisturbed`);
      let killed = 0;
      for (let index = 0; index < MOMENTS; index++) {
        const moment = momentOf(1, index, undisturbed);
        const { wasKilled } = await killAndFinish(`${outer}/${index}`, moment, undisturbed);
        if (wasKilled) killed++;
        await Deno.remove(`${outer}/${index}`, { recursive: true });
      }
      assert.ok(killed >= MOMENTS / 2, `only ${killed} of ${MOMENTS} runs were killed in time`);
    }),
});
