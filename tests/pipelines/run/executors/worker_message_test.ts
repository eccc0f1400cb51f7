import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodeMessage,
  MessageReader,
  type WorkerMessage,
} from "../../../../pipelines/run/executors/worker_message.ts";

const word = "@5b0c ";

function readAll(chunks: readonly Uint8Array[]): (WorkerMessage | string)[] {
  const reader = new MessageReader(word);
  return [...chunks.flatMap((bytes) => reader.read(bytes)), ...reader.end()];
}

Deno.test("MessageReader finds messages between any noise, however the pipe cuts them", () => {
  const noise = fc.string({ unit: fc.constantFrom("a", "\n", "{", "}", '"', "ü", " ") });
  const message = fc.string().map((text): WorkerMessage => ({
    kind: "event",
    event: { kind: "log", text },
  }));
  const parts = fc.array(fc.tuple(noise, message), { maxLength: 5 });
  fc.assert(fc.property(parts, fc.array(fc.nat()), (pairs, cuts) => {
    const encoder = new TextEncoder();
    const bytes = pairs.flatMap(([text, sent]) => [
      ...encoder.encode(text),
      ...encodeMessage(word, sent),
    ]);
    const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)];
    const chunks = [...places, bytes.length].map((end, index) =>
      Uint8Array.from(bytes.slice(index === 0 ? 0 : [...places, bytes.length][index - 1], end))
    );
    const read = readAll(chunks);
    assert.deepEqual(
      read.filter((each) => typeof each !== "string"),
      pairs.map(([, sent]) => sent),
    );
    const printed = pairs.map(([text]) => text).join("\n").split("\n").filter((line) =>
      line !== ""
    );
    assert.deepEqual(read.filter((each) => typeof each === "string"), printed);
  }));
});

Deno.test("MessageReader takes a message that other output was mixed into for log", () => {
  const bytes = new TextEncoder().encode(`${word}{"kind":"outc noise ome"\n`);
  assert.deepEqual(readAll([bytes]), [`${word}{"kind":"outc noise ome"`]);
});

Deno.test("MessageReader takes what looks like a message but has another word for log", () => {
  const bytes = encodeMessage("@0000 ", { kind: "outcome", outcome: { kind: "done" } });
  assert.deepEqual(readAll([bytes]), ['@0000 {"kind":"outcome","outcome":{"kind":"done"}}']);
});
