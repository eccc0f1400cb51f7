/** Reads as much of an ONNX file as tests ask for, from the protobuf wire format alone. */

export interface OnnxFile {
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  readonly doc: string;
  /** Version by domain; the standard's is "". */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nodes: readonly { readonly op: string; readonly domain: string }[];
  /** Names and shapes. */
  readonly initialisers: Readonly<Record<string, readonly number[]>>;
  readonly inputs: Readonly<Record<string, OnnxPort>>;
  readonly outputs: Readonly<Record<string, OnnxPort>>;
}

export interface OnnxPort {
  /** 1: float32, 6: int32. */
  readonly elementType: number;
  readonly shape: readonly (number | string)[];
  readonly doc: string;
}

/** Fields by number; a value is a number or the bytes of a string or message. */
type Message = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

export function readOnnx(file: Uint8Array): OnnxFile {
  const model = parse(file);
  const graph = message(model, 7);
  const ports = (field: number) =>
    Object.fromEntries(messages(graph, field).map((port) => [text(port, 1), portOf(port)]));
  return {
    irVersion: integer(model, 1),
    producer: text(model, 2),
    producerVersion: text(model, 3),
    doc: text(model, 6),
    opsets: Object.fromEntries(
      messages(model, 8).map((opset) => [text(opset, 1), integer(opset, 2)]),
    ),
    metadata: Object.fromEntries(
      messages(model, 14).map((entry) => [text(entry, 1), text(entry, 2)]),
    ),
    nodes: messages(graph, 1).map((node) => ({ op: text(node, 4), domain: text(node, 7) })),
    initialisers: Object.fromEntries(
      messages(graph, 5).map((tensor) => [text(tensor, 8), (tensor.get(1) ?? []).map(Number)]),
    ),
    inputs: ports(11),
    outputs: ports(12),
  };
}

function portOf(port: Message): OnnxPort {
  const tensor = message(message(port, 2), 1);
  return {
    elementType: integer(tensor, 1),
    shape: messages(message(tensor, 2), 1).map((extent) =>
      extent.has(2) ? text(extent, 2) : integer(extent, 1)
    ),
    doc: text(port, 3),
  };
}

function parse(bytes: Uint8Array): Message {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new SyntaxError("Cannot read ONNX: it ends within a number");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const values = fields.get(key >>> 3) ?? [];
    fields.set(key >>> 3, values);
    const kind = key & 7;
    if (kind === 0) {
      values.push(varint());
      continue;
    }
    const length = kind === 2 ? varint() : kind === 5 ? 4 : 8;
    if (at + length > bytes.length) throw new SyntaxError("Cannot read ONNX: a field is cut off");
    values.push(bytes.subarray(at, at + length));
    at += length;
  }
  return fields;
}

function messages(within: Message, field: number): Message[] {
  return (within.get(field) ?? []).map((value) => parse(value as Uint8Array));
}

function message(within: Message, field: number): Message {
  return messages(within, field)[0] ?? new Map();
}

function text(within: Message, field: number): string {
  const value = within.get(field)?.[0];
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
}

function integer(within: Message, field: number): number {
  return Number(within.get(field)?.[0] ?? 0);
}
