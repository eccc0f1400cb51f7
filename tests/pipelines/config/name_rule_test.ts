import assert from "node:assert/strict";
import { complaintAboutName } from "../../../pipelines/config/name_rule.ts";

Deno.test("complaintAboutName() accepts names that are folder names everywhere", () => {
  for (const name of ["a", "0", "movingmnist-2_b", "x".repeat(64)]) {
    assert.equal(complaintAboutName("A name", name), undefined);
  }
});

Deno.test("complaintAboutName() refuses everything that could leave a folder or confuse one", () => {
  const wrong = ["", "A", "-a", "_a", "a.b", "a/b", "..", "../../etc/x", "a\\b", "a\0", "a b", "é"];
  for (const name of [...wrong, "ａ", "x".repeat(65), "con", "nul", "com1", "lpt9", "a\n"]) {
    assert.notEqual(complaintAboutName("A name", name), undefined, JSON.stringify(name));
  }
});
