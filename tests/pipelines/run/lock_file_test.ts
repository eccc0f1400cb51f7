import assert from "node:assert/strict";
import { parse } from "yaml";
import fc from "fast-check";
import {
  isLockOf,
  lockedDigests,
  type LockFile,
  LockFileError,
  lockFileText,
  lockPathOf,
  parseLockFile,
  readLockFile,
} from "../../../pipelines/run/lock_file.ts";
import { withFolder } from "../../support/tiny_run.ts";

const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(64)) as [string, string, string];

const stages: LockFile["stages"] = {
  "train@lr=0.1,seed=2": {
    uses: "train/model",
    key: a,
    outputs: { weights: b },
    document: {
      params: { steps: 3, null: "yes", list: [1, { k: "v: # w" }] },
      inputs: {},
      engine: null,
    },
  },
  clips: { uses: "dataset/x", key: b, outputs: { train: b, test: c }, document: {} },
};

function errorOf(text: string): string {
  try {
    parseLockFile(text, "x.lock.yaml");
  } catch (error) {
    if (error instanceof LockFileError) return error.message;
    throw error;
  }
  return "none";
}

Deno.test("lockPathOf() is beside the config, one for each set of profiles", () => {
  assert.equal(lockPathOf("configs/x.yaml", []), "configs/x.lock.yaml");
  assert.equal(lockPathOf("configs/x.y.yml", ["smoke", "big"]), "configs/x.y.smoke.big.lock.yaml");
});

Deno.test("lockFileText() is YAML, read back as it was", () => {
  const text = lockFileText(stages);
  assert.deepEqual({ ...parseLockFile(text, "x").stages }, stages);
  // The same by another reader of YAML, and whatever the order in which stages ended.
  assert.deepEqual(parse(text).stages, stages);
  assert.equal(lockFileText({ clips: stages["clips"]!, ...stages }), text);
  assert.deepEqual(lockedDigests(parseLockFile(text, "x")).sort(), [b, c]);
});

Deno.test("lockFileText() is read back whatever parameters are", () => {
  const value = fc.jsonValue();
  fc.assert(fc.property(fc.dictionary(fc.string(), value), (params) => {
    // No config has this key: its parser refuses it.
    fc.pre(!JSON.stringify(params).includes('"__proto__"'));
    const clean = JSON.parse(JSON.stringify(params));
    const one = { s: { uses: "u", key: a, outputs: {}, document: { params: clean } } };
    const read = parseLockFile(lockFileText(one), "x").stages["s"]?.document;
    assert.equal(JSON.stringify(sorted(read?.["params"])), JSON.stringify(sorted(clean)));
  }));
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, sorted(item)]).sort();
}

Deno.test("isLockOf() knows a file of the same results, and no other", () => {
  const text = lockFileText(stages);
  assert.ok(isLockOf(text, stages));
  assert.ok(!isLockOf(text.slice(0, -1), stages));
  assert.ok(!isLockOf(text, { ...stages, clips: { ...stages["clips"]!, key: c } }));
  assert.ok(!isLockOf("", stages));
  assert.ok(!isLockOf(text.replace("stages:", "<<<<<<< HEAD\nstages:"), stages));
});

Deno.test("parseLockFile() names the line of a conflict marker", () => {
  const lines = lockFileText(stages).split("\n");
  const key = lines.findIndex((line) => line.includes("key:"));
  lines.splice(key, 1, "<<<<<<< HEAD", lines[key] ?? "", "=======", `    key: "${c}"`, ">>>>>>> x");
  assert.equal(
    errorOf(lines.join("\n")),
    `Cannot read the lock file x.lock.yaml:${key + 1}: git left the marker of a conflict here; ` +
      "delete it, or take it from git again; the results in the store are not affected",
  );
});

Deno.test("parseLockFile() knows a file that was cut, wherever it was", () => {
  const text = lockFileText(stages);
  for (let length = 0; length < text.length - 4; length += 7) {
    assert.match(errorOf(text.slice(0, length)), /x\.lock\.yaml:\d+: it is cut/, `${length}`);
  }
});

Deno.test("parseLockFile() names another format, what is no lock file, and an edit, with the line", () => {
  const text = lockFileText(stages);
  assert.match(
    errorOf(text.replace("format: 1", "format: 2")),
    /x\.lock\.yaml:2: its format must be 1, but is 2/,
  );
  assert.match(errorOf("a: 1\n...\n"), /:1: its format must be 1, but is none/);
  assert.match(errorOf("a: [\n...\n"), /x\.lock\.yaml:\d: /);
  const edited = text.replaceAll(c, a);
  assert.match(errorOf(edited), /x\.lock\.yaml:3: it is not as a run wrote it/);
  const line = text.split("\n").findIndex((each) => each.includes("uses:")) + 1;
  assert.match(
    errorOf(text.replace(/uses: .*/, "uses: 3")),
    new RegExp(`:${line}: "stages.*uses"`),
  );
  const alias = text.replace(/^format.*\n/m, "$&bomb: &a [1]\nmore: [*a]\n");
  assert.match(errorOf(alias), /x\.lock\.yaml:4: a lock file has no aliases/);
});

Deno.test("readLockFile() of a file that is not there says so as the system does", () =>
  withFolder((folder) => {
    assert.throws(() => readLockFile(`${folder}/x.lock.yaml`), Deno.errors.NotFound);
    return Promise.resolve();
  }));
