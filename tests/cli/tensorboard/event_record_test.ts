import assert from "node:assert/strict";
import { crc32c, maskedCrc32c } from "../../../cli/tensorboard/crc32c.ts";
import {
  eventRecord,
  type RecordContent,
  type Summary,
} from "../../../cli/tensorboard/event_record.ts";
import { wholeField } from "../../../cli/tensorboard/protobuf.ts";
import golden from "../../fixtures/tensorboard.json" with { type: "json" };

Deno.test("crc32c() gives the checksums of RFC 3720, B.4, and of 123456789", () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(crc32c(ascending), 0x46dd794e);
  assert.equal(crc32c(ascending.toReversed()), 0x113fdb5c);
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

Deno.test("maskedCrc32c() rotates by 15 bits and adds 0xa282ead8", () => {
  // 0xe3069283 rotated right by 15 is 0x2507c60d.
  const bytes = new TextEncoder().encode("123456789");
  assert.equal(maskedCrc32c(bytes), (0x2507c60d + 0xa282ead8) % 2 ** 32);
});

Deno.test("wholeField() writes varints as the encoding guide does, and refuses what has none", () => {
  // "08 96 01": field 1 with 150, from https://protobuf.dev/programming-guides/encoding/.
  assert.deepEqual([...wholeField(1, 150)], [0x08, 0x96, 0x01]);
  assert.deepEqual([...wholeField(1, 2 ** 40)], [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
  for (const value of [-1, 0.5, NaN, 2 ** 60]) {
    assert.throws(() => wholeField(1, value), /must be a whole number >= 0/);
  }
});

/** The events of the fixture. */
const events: readonly (readonly [step: number, content: RecordContent])[] = [
  [0, { kind: "version" }],
  [0, summaries({ kind: "text", tag: "config", text: "```yaml\nname: vidéo 🎞\n```" })],
  [
    1,
    summaries(
      { kind: "scalar", tag: "loss", value: 0.03123 },
      { kind: "scalar", tag: "gradientNorm", value: Infinity },
    ),
  ],
  [
    300,
    summaries({
      kind: "image",
      tag: "previews/step.gif",
      width: 1280,
      height: 64,
      bytes: Uint8Array.from({ length: 256 }, (_, i) => i),
    }),
  ],
  [301, { kind: "restart" }],
  [2 ** 40, summaries({ kind: "scalar", tag: "loss", value: -0 })],
];

function summaries(...summaries: Summary[]): RecordContent {
  return { kind: "summaries", summaries };
}

Deno.test("eventRecord() writes byte for byte what tensorboard 2.21.0 writes", () => {
  const records = events.map(([step, content]) => eventRecord(content, step, 1763778000.25 + step));
  const bytes = records.flatMap((record) => [...record]);
  assert.match(golden.madeBy, /^tensorboard 2\.21\.0 /);
  assert.deepEqual(bytes, [...Uint8Array.fromBase64(golden.base64)]);
});
