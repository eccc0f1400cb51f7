import { doesNotThrow, throws } from "node:assert/strict";
import { refuseTestSplit } from "../../../stages/train/refuse_test_split.ts";

Deno.test("refuseTestSplit() names stage, input and data, and lets other splits pass", () => {
  const data = (split: "train" | "validation" | "test") => ({ split, source: "Moving MNIST" });
  doesNotThrow(() =>
    refuseTestSplit("train/x", {
      clips: data("train"),
      validation: data("validation"),
      absent: undefined,
    })
  );
  throws(
    () => refuseTestSplit("train/x", { clips: data("train"), validation: data("test") }),
    {
      message:
        'Cannot run "train/x": input "validation" must be training or validation data, but "Moving MNIST" is the test split',
    },
  );
});
