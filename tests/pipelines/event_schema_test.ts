/** What runs emit and what docs/events.md says, held to one schema. */

import assert from "node:assert/strict";
import { jsonLinesLogger } from "../../cli/loggers/json_lines.ts";
import type { Event } from "../../pipelines/event.ts";
import { eventLine } from "../../pipelines/event_schema.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import {
  runConfig,
  stopAtStep,
  type TinyOptions,
  tinyRun,
  withFolder,
} from "../support/tiny_run.ts";

const shapes = new Map(eventLine.options.map(({ shape }) => [shape.kind.value, shape]));

/** Sections of docs/events.md by the kind in their heading. */
const sections = new Map(
  Deno.readTextFileSync(new URL("../../docs/events.md", import.meta.url)).split(/^### /m).slice(1)
    .map((text) => [/^`([a-z-]+)`$/m.exec(text)?.[1] ?? text, text.split(/^## /m)[0] ?? ""]),
);

Deno.test("docs/events.md has a section for every kind of event, and for no other", () => {
  assert.deepEqual([...sections.keys()].sort(), [...shapes.keys()].sort());
});

for (const [kind, shape] of shapes) {
  Deno.test(`docs/events.md names every field of ${kind}, and its example is one`, () => {
    const [text = "", example = ""] = sections.get(kind)?.split("```json") ?? [];
    for (const field of Object.keys(shape).filter((name) => name !== "at" && name !== "kind")) {
      assert.ok(text.includes(`\`${field}\``), `${kind} does not name ${field}`);
    }
    const line = eventLine.parse(JSON.parse(example.split("```")[0] ?? ""));
    assert.equal(line.kind, kind);
    // The example shows every field there is, those that may be left out too.
    assert.deepEqual(Object.keys(line).sort(), Object.keys(shape).sort());
  });
}

const config = `name: all
stages:
  numbers: { uses: tiny/numbers }
  scaled: { uses: tiny/scale, with: { by: 0 }, inputs: { curve: numbers.curve } }
  sketch: { uses: tiny/sketch }
  count: { uses: tiny/count, with: { to: 6, stepMs: 1 } }
  bad: { uses: tiny/count, with: { to: 2, behaviour: throw, failAt: 1 } }
  late: { uses: tiny/count, inputs: { after: bad.weights } }
`;

const retried = `name: retried
stages:
  bad:
    uses: tiny/count
    with: { to: 2, behaviour: throw, failAt: 1 }
    retry: { times: 1, on: [failed], backoff: 1s }
`;

Deno.test("every event of real runs is a line of the schema", () =>
  withFolder(async (folder) => {
    const kinds = new Set<string>();
    const check = (event: Event) => {
      jsonLinesLogger((text) => {
        const line = eventLine.parse(JSON.parse(text));
        assert.ok(text.endsWith("\n") && !text.slice(0, -1).includes("\n"));
        kinds.add(line.kind);
      })(event);
    };
    const store = `${folder}/store`;
    const keepPreview: TinyOptions["keepPreview"] = (stage, { name }) =>
      `previews/${stage}/${name}`;
    const options = { keepPreview, keepGoing: true };
    const stopped = stopAtStep(2);
    const onEvent = (event: Event) => {
      check(event);
      if (event.kind === "stage-progress" && event.stage === "count") stopped.onEvent?.(event);
    };
    await tinyRun(folder, config, { ...options, ...stopped, onEvent });
    const { record } = await runConfig(folder, { ...options, onEvent: check });
    await runConfig(folder, { ...options, onEvent: check });
    // A result that is gone, while another run computes it anew.
    const { key = "", outputs } = record.stages.find(({ name }) => name === "count") ?? {};
    const digest = Object.values(outputs ?? {})[0]?.digest;
    assert.match(digest ?? "", /^[0-9a-f]{64}$/);
    for await (const { name } of Deno.readDir(`${store}/actions/${key.slice(0, 2)}`)) {
      await Deno.writeTextFile(`${store}/actions/${key.slice(0, 2)}/${name}`, "damaged");
    }
    const lease = await openLocalStore(store).tryLease(key);
    await runConfig(folder, {
      ...options,
      onEvent(event) {
        check(event);
        if (event.kind === "stage-waiting" && "release" in lease) lease.release();
      },
    });
    await tinyRun(folder, retried, { onEvent: check });
    const once = "name: once\nstages:\n  numbers: { uses: tiny/numbers, with: { count: 9 } }\n";
    await tinyRun(folder, once, { onEvent: check, checkDeterminism: true });
    assert.deepEqual([...shapes.keys()].filter((kind) => !kinds.has(kind)), []);
  }));

Deno.test("a value that is no finite number is null in a line", () => {
  let text = "";
  jsonLinesLogger((written) => text += written)({
    kind: "stage-progress",
    stage: "train",
    progress: { step: 1, of: 2, values: { loss: NaN, rate: Infinity, ok: 1 } },
  });
  const line = eventLine.parse(JSON.parse(text));
  assert.deepEqual(line.kind === "stage-progress" && line.progress.values, {
    loss: null,
    rate: null,
    ok: 1,
  });
});
