import { deepEqual, throws } from "node:assert/strict";
import { type Clips, clipsKind } from "../../artifacts/clips.ts";
import { artifactSuite, replaced, truncated } from "../support/artifact_suite.ts";

const plain: Clips = {
  frames: Uint8Array.from({ length: 2 * 3 * 2 * 2 }, (_, index) => index * 7),
  shape: [2, 3, 2, 2, 1],
  split: "train",
  contextFrames: 1,
  samplesPerClip: 1,
  source: "two clips",
};
const labels = Int32Array.of(1, 0);
const conditions = Float32Array.from({ length: 2 * 3 * 2 }, (_, index) => index / 7);
const full: Clips = {
  ...plain,
  labels,
  classes: ["0", 'walk "4"'],
  conditions,
  conditionSize: 2,
};

artifactSuite(
  clipsKind,
  [full, { ...plain, labels }, { ...plain, conditions, conditionSize: 2 }],
  { conditionSize: 2, conditions, classes: ["0", 'walk "4"'], labels, ...plain },
  [
    { name: "damaged labels", file: "labels.npy", damage: truncated, error: /8 bytes/ },
    { name: "damaged conditions", file: "conditions.npy", damage: truncated, error: /48 bytes/ },
    {
      name: "labels of another number of clips",
      file: "labels.npy",
      damage: (bytes) => withShape(bytes, "(2,), }", "(1,), }").slice(0, -4),
      error: /labels must be int32 \[2\], but they are Int32Array \[1\]/,
    },
    {
      name: "conditions of another size",
      file: "conditions.npy",
      damage: (bytes) => withShape(bytes, "(2, 3, 2)", "(2, 2, 3)"),
      error: /conditions must be float32 \[2,3,2\], but they are Float32Array \[2,2,3\]/,
    },
    {
      name: "a condition size that is none",
      file: "clips.json",
      damage: replaced('"conditionSize":2', '"conditionSize":0'),
      error: /field "conditionSize"/,
    },
  ],
);

Deno.test("clipsKind.encode() of clips without labels and conditions writes what it always wrote", () => {
  const files = clipsKind.encode(plain);
  deepEqual([...files.keys()], ["clips.json", "frames.npy"]);
  const json = '{"contextFrames":1,"samplesPerClip":1,"source":"two clips","split":"train"}';
  deepEqual(new TextDecoder().decode(files.get("clips.json")).trimEnd(), json);
});

Deno.test("clipsKind.encode() refuses parts that do not fit each other", () => {
  const together = /conditions and conditionSize must come together, but there is only/;
  throws(() => clipsKind.encode({ ...plain, conditions }), together);
  throws(() => clipsKind.encode({ ...plain, conditionSize: 2 }), together);
  throws(() => clipsKind.encode({ ...full, conditionSize: 3 }), /must have 18 elements/);
  throws(() => clipsKind.encode({ ...plain, labels: Int32Array.of(1) }), /must have 2 elements/);
});

/** The array's header with another shape of the same length. */
function withShape(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
  const at = text.indexOf(from);
  const damaged = bytes.slice();
  damaged.set(new TextEncoder().encode(to), at);
  return damaged;
}
