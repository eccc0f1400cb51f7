/**
 * Events of TensorBoard as records of its files.
 *
 * Sources: tensorboard 2.21.0, compat/proto/{event,summary,tensor}.proto (field numbers);
 * https://www.tensorflow.org/tutorials/load_data/tfrecord (framing).
 */

import { maskedCrc32c } from "./crc32c.ts";
import { bytesField, doubleField, floatField, message, wholeField } from "./protobuf.ts";

/** A value that is shown under a tag. */
export type Summary =
  | { readonly kind: "scalar"; readonly tag: string; readonly value: number }
  | {
    readonly kind: "image";
    readonly tag: string;
    readonly width: number;
    readonly height: number;
    /** A PNG, JPEG or GIF file: TensorBoard hands it to the browser as it is. */
    readonly bytes: Uint8Array;
  }
  | {
    readonly kind: "text";
    readonly tag: string;
    /** Markdown. */
    readonly text: string;
  };

export type RecordContent =
  /** Must be the first of a file. */
  | { readonly kind: "version" }
  /** From here on it goes on at `step`: readers drop what they have read of this and later steps. */
  | { readonly kind: "restart" }
  | { readonly kind: "summaries"; readonly summaries: readonly Summary[] };

/**
 * One event, framed: length, its checksum, the event, its checksum.
 *
 * @param wallTime Seconds since 1970.
 */
export function eventRecord(content: RecordContent, step: number, wallTime: number): Uint8Array {
  const event = message(
    doubleField(1, wallTime),
    // As in proto3, what is 0 is not written.
    ...(step === 0 ? [] : [wholeField(2, step)]),
    contentField(content),
  );
  const bytes = new Uint8Array(event.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(event.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(event, 12);
  view.setUint32(12 + event.length, maskedCrc32c(event), true);
  return bytes;
}

/** SessionLog.START of event.proto. */
const START = 1;

function contentField(content: RecordContent): Uint8Array {
  switch (content.kind) {
    case "version":
      return bytesField(3, "brain.Event:2");
    case "restart":
      return bytesField(7, wholeField(1, START));
    case "summaries":
      return bytesField(5, message(...content.summaries.map((each) => bytesField(1, value(each)))));
    default:
      return content satisfies never;
  }
}

/** DT_STRING of types.proto. */
const DT_STRING = 7;

/** DATA_CLASS_TENSOR of summary.proto. */
const DATA_CLASS_TENSOR = 2;

/** A Summary.Value. */
function value(summary: Summary): Uint8Array {
  const tag = bytesField(1, summary.tag);
  switch (summary.kind) {
    case "scalar":
      return message(tag, floatField(2, summary.value));
    case "image": {
      const { width, height, bytes } = summary;
      // 4 stands for RGBA; readers take it from the file.
      const fields = [wholeField(1, height), wholeField(2, width), wholeField(3, 4)];
      return message(tag, bytesField(4, message(...fields, bytesField(4, bytes))));
    }
    case "text": {
      const shape = bytesField(2, wholeField(1, 1));
      const tensor = [wholeField(1, DT_STRING), bytesField(2, shape), bytesField(8, summary.text)];
      const plugin = bytesField(1, bytesField(1, "text"));
      const metadata = message(plugin, wholeField(4, DATA_CLASS_TENSOR));
      return message(tag, bytesField(8, message(...tensor)), bytesField(9, metadata));
    }
    default:
      return summary satisfies never;
  }
}
