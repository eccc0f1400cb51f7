import { deepEqual, equal, match } from "node:assert/strict";
import { images } from "../../../stages/dataset/images.ts";
import { stageContext } from "../../support/stage_context.ts";

Deno.test("images gives emoji in three splits of one size, whatever the run's seed", async () => {
  const params = images.params.parse({ size: 8, limit: 20 });
  const run = async (seed: bigint) => {
    const { context } = stageContext({ backend: "cpu", threads: 1 }, seed);
    return await images.run({ ...context, params, inputs: {} });
  };
  const { train, validation, test } = await run(1n);
  deepEqual([train.shape, train.split], [[20, 8, 8, 3], "train"]);
  deepEqual([validation.shape, validation.split], [[20, 8, 8, 3], "validation"]);
  deepEqual([test.shape, test.split], [[20, 8, 8, 3], "test"]);
  equal(train.classes?.length, 10);
  equal(train.labels?.length, 20);
  match(test.source, /Twemoji.*test/);
  deepEqual(await run(2n), { train, validation, test });
});
