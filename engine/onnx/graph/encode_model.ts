/** A graph as the bytes of an ONNX model. Field numbers are those of onnx.proto (IR version 8). */

import type { Attribute, Constant, ElementType, Graph, Node, Port, Value } from "./graph.ts";
import { ProtobufWriter } from "./protobuf_writer.ts";

/** TensorProto.DataType. */
export const onnxTypes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
};

/** 17 is the newest set in which reductions still take their axes as attributes. */
const opset = 17;

/** What a model for others says about itself; programs of this process need none of it. */
export interface ModelNotes {
  readonly producerVersion: string;
  readonly name: string;
  readonly doc: string;
  /** For machines to read. */
  readonly metadata: Readonly<Record<string, string>>;
  /** By the name of an input or output of the graph. */
  readonly ports: ReadonlyMap<Value, PortNotes>;
}

export interface PortNotes {
  readonly doc: string;
  /** Extents, with a name in the place of one that may be any. */
  readonly shape: readonly (number | string)[];
}

export function encodeModel(graph: Graph, notes?: ModelNotes): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  writer.integer(1, 8);
  writer.text(2, "zoetrope");
  if (notes) writer.text(3, notes.producerVersion);
  if (notes) writer.text(6, notes.doc);
  writer.message(7, () => {
    for (const node of graph.nodes) writer.message(1, () => writeNode(writer, node));
    writer.text(2, notes?.name ?? "program");
    for (const [name, constant] of graph.constants) {
      writer.message(5, () => writeTensor(writer, constant, name));
    }
    const write = (port: Port) => writePort(writer, port, notes?.ports.get(port.name));
    for (const port of graph.inputs) writer.message(11, () => write(port));
    for (const port of graph.outputs) writer.message(12, () => write(port));
  });
  writeOperatorSet(writer, "", opset);
  for (const domain of new Set(graph.nodes.map((node) => node.domain))) {
    if (domain !== "") writeOperatorSet(writer, domain, 1);
  }
  for (const [key, value] of Object.entries(notes?.metadata ?? {})) {
    writer.message(14, () => {
      writer.text(1, key);
      writer.text(2, value);
    });
  }
  return writer.finish();
}

function writeOperatorSet(writer: ProtobufWriter, domain: string, version: number): void {
  writer.message(8, () => {
    writer.text(1, domain);
    writer.integer(2, version);
  });
}

function writeNode(writer: ProtobufWriter, node: Node): void {
  for (const input of node.inputs) writer.text(1, input);
  for (const output of node.outputs) writer.text(2, output);
  writer.text(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, () => writeAttribute(writer, name, attribute));
  }
  if (node.domain !== "") writer.text(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: Attribute): void {
  writer.text(1, name);
  if (typeof attribute === "number") {
    writer.integer(3, attribute);
    writer.integer(20, 2);
  } else if (typeof attribute === "string") {
    writer.text(4, attribute);
    writer.integer(20, 3);
  } else if ("float" in attribute) {
    writer.float(2, attribute.float);
    writer.integer(20, 1);
  } else if ("tensor" in attribute) {
    writer.message(5, () => writeTensor(writer, attribute.tensor, ""));
    writer.integer(20, 4);
  } else {
    for (const value of attribute) writer.integer(8, value);
    writer.integer(20, 7);
  }
}

function writeTensor(writer: ProtobufWriter, constant: Constant, name: string): void {
  for (const extent of constant.shape) writer.integer(1, extent);
  writer.integer(2, onnxTypes[constant.dtype]);
  if (name !== "") writer.text(8, name);
  writer.bytes(9, constant.bytes);
}

function writePort(writer: ProtobufWriter, { name, type }: Port, notes?: PortNotes): void {
  writer.text(1, name);
  writer.message(2, () =>
    writer.message(1, () => {
      writer.integer(1, onnxTypes[type.dtype]);
      writer.message(2, () => {
        for (const extent of notes?.shape ?? type.shape) {
          writer.message(
            1,
            () => typeof extent === "number" ? writer.integer(1, extent) : writer.text(2, extent),
          );
        }
      });
    }));
  if (notes) writer.text(3, notes.doc);
}
