import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { fillStore } from "../support/fill_store.ts";
import { withFolder } from "../support/tiny_run.ts";

const text = `name: demo
stages:
  numbers: { uses: tiny/numbers }
  scaled: { uses: tiny/scale, inputs: { curve: numbers.curve } }
  total: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;

/** What `dag` prints, with a store after a run of the config above, or without one. */
async function dag(
  format: string,
  options: { readonly isFilled?: boolean; readonly yaml?: string } = {},
) {
  return await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, text);
    if (options.isFilled) await fillStore(folder);
    await Deno.writeTextFile(`${folder}/config.yaml`, options.yaml ?? text);
    return (await command(folder, ["dag", "config.yaml", "--format", format])).out;
  });
}

const edited = text.replace("tiny/scale,", "tiny/scale, with: { by: 3 },");

Deno.test("dag lists stages with what flows into them, and their states where there is a store", async () => {
  assert.equal(
    await dag("text"),
    `numbers  tiny/numbers
scaled   tiny/scale    curve <- numbers.curve
total    tiny/total    curve <- scaled.curve
`,
  );
  assert.equal(
    await dag("text", { isFilled: true, yaml: edited }),
    `numbers  tiny/numbers  cached
scaled   tiny/scale    run      curve <- numbers.curve
total    tiny/total    unknown  curve <- scaled.curve
`,
  );
});

Deno.test("dag --format mermaid draws a flowchart", async () => {
  assert.equal(
    await dag("mermaid", { isFilled: true, yaml: edited }),
    `%% demo
flowchart LR
  s0["numbers<br/>tiny/numbers"]:::cached
  s1["scaled<br/>tiny/scale"]:::run
  s2["total<br/>tiny/total"]:::unknown
  s0 -- "curve" --> s1
  s1 -- "curve" --> s2
  classDef cached fill:#d4edda,color:#000
  classDef run fill:#fff3cd,color:#000
  classDef unknown fill:#e9ecef,color:#000
`,
  );
});

Deno.test("dag --format dot draws a digraph", async () => {
  assert.equal(
    await dag("dot"),
    `digraph "demo" {
  rankdir=LR;
  node [shape=box style="rounded,filled" fillcolor="white"];
  "numbers" [label="numbers\\ntiny/numbers"];
  "scaled" [label="scaled\\ntiny/scale"];
  "total" [label="total\\ntiny/total"];
  "numbers" -> "scaled" [label="curve"];
  "scaled" -> "total" [label="curve"];
}
`,
  );
});

Deno.test("dag --format json has stages, states and edges", async () => {
  const { name, stages, edges } = JSON.parse(await dag("json", { isFilled: true }));
  assert.equal(name, "demo");
  assert.deepEqual(stages[1], { name: "scaled", uses: "tiny/scale", state: "cached" });
  assert.deepEqual(edges, [
    { from: "numbers", output: "curve", to: "scaled", port: "curve", kind: "curves" },
    { from: "scaled", output: "curve", to: "total", port: "curve", kind: "curves" },
  ]);
});

Deno.test("dag copes with the names of a sweep's points", async () => {
  const yaml = `matrix: { lr: ["a b", "<&"] }
stages:
  numbers: { uses: tiny/numbers }
  scaled: { uses: tiny/scale, with: { note: "${"${matrix.lr}"}" }, inputs: { curve: numbers.curve } }
`;
  const mermaid = await dag("mermaid", { yaml });
  assert.equal(mermaid.match(/ -- "curve" --> s[12]$/gm)?.length, 2);
  assert.match(mermaid, /^ {2}s1\["scaled@lr=[^"<]*<br\/>tiny\/scale"\]$/m);
  assert.match(await dag("dot", { yaml }), /"numbers" -> "scaled@lr=/);
});
