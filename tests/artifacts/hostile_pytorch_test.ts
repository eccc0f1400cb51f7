/** Files that are damaged, or made to make their reader do something else than read tensors. */

import assert from "node:assert/strict";
import process from "node:process";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { readPytorchFile } from "../../artifacts/pytorch_file.ts";
import current from "../fixtures/pytorch_files.json" with { type: "json" };
import {
  archive,
  type Bytes,
  dictOf,
  floats,
  op,
  pickle,
  storage,
  tensor,
  tuple,
  uint32,
} from "../support/pickle_writer.ts";

const plain = tensor({ from: storage(2), shape: [2], strides: [1] });
const whole = archive(pickle(dictOf("a", plain)), { 0: floats(1, 2) });

/** A file of one value, with a storage of `count` floats. */
function fileOf(value: Bytes, count = 2): Uint8Array {
  return archive(pickle(value), { 0: floats(...new Array<number>(count).fill(1)) });
}

/** `whole` with bytes changed, found from where a text begins. */
function patched(text: string, changes: Readonly<Record<number, Bytes>>, last = false): Uint8Array {
  const file = whole.slice();
  const latin1 = new TextDecoder("latin1").decode(file);
  const at = last ? latin1.lastIndexOf(text) : latin1.indexOf(text);
  assert.ok(at >= 0);
  for (const [offset, bytes] of Object.entries(changes)) file.set(bytes, at + Number(offset));
  return file;
}

/** A file with each occurrence of a text replaced by one as long, checksums left alone. */
function renamed(file: Uint8Array, from: string, to: string): Uint8Array {
  assert.equal(from.length, to.length);
  const text = new TextDecoder("latin1").decode(file).replaceAll(from, to);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function times(count: number, bytes: Bytes): Bytes {
  return new Array<Bytes>(count).fill(bytes).flat();
}

/** A list in a list in a list, each holding the former ten times: 10^12 values in a few bytes. */
function doubled(levels: number): Bytes {
  const level = (index: number): Bytes => [
    ...op.emptyList,
    ...op.mark,
    ...times(10, op.get(index)),
    ...op.appends,
    ...op.put(index + 1),
  ];
  const first = [...op.emptyList, ...op.put(0)];
  return [
    ...op.emptyList,
    ...op.mark,
    ...first,
    ...Array.from({ length: levels }, (_, index) => level(index)).flat(),
    ...op.appends,
  ];
}

const nested = (depth: number): Bytes => [
  ...times(depth, op.emptyList),
  ...times(depth - 1, op.append),
];

const call = (module: string, name: string, ...args: readonly Bytes[]): Bytes => [
  ...op.global(module, name),
  ...tuple(...args),
  ...op.reduce,
];

/** A zip of one deflated entry; `says` is the size in the directory. */
function deflated(name: string, content: Uint8Array, says: number): Uint8Array {
  const packed = new Uint8Array(deflateRawSync(content));
  const file = archive(pickle(dictOf("a", plain)), { 0: packed });
  const text = new TextDecoder("latin1").decode(file);
  const entry = text.lastIndexOf(name) - 46;
  const local = text.indexOf(name) - 30;
  file.set([8, 0], entry + 10);
  file.set(uint32(says), entry + 24);
  file.set([8, 0], local + 8);
  file.set(uint32(says), local + 22);
  return file;
}

const self: Bytes = [...op.emptyList, ...op.put(0), ...op.get(0), ...op.append];

const refused: Readonly<Record<string, [file: Uint8Array, message: RegExp]>> = {
  "a call of os.system": [
    fileOf(call("os", "system", op.text("touch /tmp/owned"))),
    /names the Python object "os\.system"/,
  ],
  "a call of builtins.eval": [
    fileOf(call("__builtin__", "eval", op.text("1"))),
    /"__builtin__\.eval"/,
  ],
  "a global of torch that is no storage": [
    fileOf(call("torch", "load", op.text("x"))),
    /"torch\.load"/,
  ],
  "a global that is a property of every object": [
    fileOf(op.global("torch", "constructor")),
    /"torch\.constructor"/,
  ],
  "a global without an end": [
    archive(Uint8Array.from([...op.start, 0x63, ...new Array<number>(500).fill(97)])),
    /global in more than 200 bytes/,
  ],
  "a storage that is called": [
    fileOf(call("torch", "FloatStorage", op.integer(3))),
    /calls "torch\.FloatStorage", which is no function/,
  ],
  "a call of a value": [fileOf([...op.text("f"), ...op.emptyTuple, ...op.reduce]), /calls a value/],
  "opcode STACK_GLOBAL": [fileOf([0x93]), /opcode STACK_GLOBAL \(0x93\) at byte 2 is refused/],
  "opcode INST": [fileOf([0x69]), /opcode INST \(0x69\)/],
  "opcode NEWOBJ": [fileOf([0x81]), /opcode NEWOBJ/],
  "opcode EXT1": [fileOf([0x82, 1]), /opcode EXT1/],
  "opcode PERSID": [fileOf([0x50]), /opcode PERSID/],
  "a byte that is no opcode": [fileOf([0xff]), /opcode 0xff/],
  "protocol 4": [archive(Uint8Array.of(0x80, 4, 0x4e, 0x2e)), /protocol must be 2, but it is 4/],
  "a value that was never remembered": [fileOf(op.get(4_000_000_000)), /recalls value 4000000000/],
  "a pop from an empty stack": [fileOf(op.append), /takes a value before byte 3/],
  "a pop below a mark": [
    fileOf([...op.none, ...op.mark, ...op.append]),
    /takes a value before byte/,
  ],
  "a mark that is missing": [fileOf(op.tuple), /goes back to a mark/],
  "values left over": [fileOf([...op.none, ...op.none]), /values are left/],
  "a pickle without an end": [archive(Uint8Array.from(op.start)), /ends at byte 2/],
  "a text that is longer than the file": [
    fileOf([0x58, ...uint32(0xffffffff), 97]),
    /inside an operation/,
  ],
  "attributes of a list": [
    fileOf([...op.emptyList, ...op.emptyDict, ...op.build]),
    /may only give attributes to an OrderedDict/,
  ],
  "a list as key": [
    fileOf([...op.emptyDict, ...op.emptyList, ...op.none, ...op.setItem]),
    /key of a dict must be/,
  ],
  "a list that holds itself": [fileOf(self), /dicts within each other/],
  "a million million values in little": [fileOf(doubled(12)), /more than 200000 values/],
  "40 lists within each other": [fileOf(nested(40)), /32 dicts within each other/],
  "a thousand names of a long key": [
    fileOf([
      ...op.emptyList,
      ...op.mark,
      ...op.text("k".repeat(100_000)),
      ...op.put(0),
      ...times(1000, [...op.emptyDict, ...op.get(0), ...op.none, ...op.setItem]),
      ...op.appends,
    ]),
    /characters in their names/,
  ],
  "an offset beyond the storage": [
    fileOf(tensor({ from: storage(2), offset: 1, shape: [2], strides: [1] })),
    /tensor \[2\] with strides \[1\] from element 1 must lie inside storage 0, which has 2/,
  ],
  "a negative offset": [
    fileOf(tensor({ from: storage(2), offset: -1, shape: [1], strides: [1] })),
    /made of a storage, an offset/,
  ],
  "a stride beyond the storage": [
    fileOf(tensor({ from: storage(2), shape: [2], strides: [2] })),
    /must lie inside storage 0/,
  ],
  "a negative stride": [
    fileOf(tensor({ from: storage(2), offset: 1, shape: [2], strides: [-1] })),
    /tuples of whole numbers from 0 on/,
  ],
  "fewer strides than axes": [
    fileOf(tensor({ from: storage(2), shape: [1, 2], strides: [1] })),
    /must lie inside/,
  ],
  "a size that overflows": [
    fileOf(
      tensor({
        from: storage(2),
        shape: new Array<number>(6).fill(0x7fffffff),
        strides: new Array<number>(6).fill(0),
      }),
    ),
    /must lie inside/,
  ],
  "an expanded tensor of 4 GiB": [
    fileOf(tensor({ from: storage(2), shape: [2 ** 30], strides: [0] })),
    /more than 16 times the file/,
  ],
  "a storage that is smaller than it says": [
    fileOf(tensor({ from: storage(3), shape: [3], strides: [1] })),
    /"archive\/data\/0" must have 12 bytes for 3 float32, but has 8/,
  ],
  "a storage of 8 GiB that is missing": [
    archive(pickle(tensor({ from: storage(0x7fffffff), shape: [1], strides: [1] }))),
    /but is missing/,
  ],
  "a storage of two types": [
    fileOf(tuple(storage(2), storage(1, { type: "DoubleStorage" }))),
    /storage 0 is both 2 float32 and 1 float64/,
  ],
  "a storage whose key is a path": [
    fileOf(storage(2, { key: "../../etc/passwd" })),
    /persistent id must name a storage/,
  ],
  "a storage beside the tensors": [fileOf(storage(2)), /neither a tensor nor a plain value/],
  "an archive that is cut off": [whole.slice(0, -30), /no end record/],
  "half an archive": [whole.slice(0, whole.length >> 1), /no end record/],
  "an archive behind other bytes": [
    Uint8Array.from([0x50, 0x4b, ...whole]),
    /directory must end at byte/,
  ],
  "a changed number": [patched("\0\0\0@", { 2: [1] }), /CRC-32 of "archive\/data\/0"/],
  "two entries of one name": [
    renamed(
      archive(pickle(dictOf("a", plain)), { 0: floats(1, 2), 1: floats(3, 4) }),
      "archive/data/1",
      "archive/data/0",
    ),
    /"archive\/data\/0" comes twice/,
  ],
  "a name that leads elsewhere": [
    patched("archive/data/0", { 0: [...new TextEncoder().encode("archive/../../")] }, true),
    /name must be a relative path/,
  ],
  "a symbolic link": [
    patched("archive/data/0", { [-41]: [3], [-8]: [...uint32(0xa1ff0000)] }, true),
    /"archive\/data\/0" is a symbolic link/,
  ],
  "an encrypted entry": [patched("archive/data/0", { [-38]: [1] }, true), /is encrypted/],
  "two entries in one place": [
    // The directory's place of the second entry becomes that of the first.
    patched("archive/data/0", { [-4]: uint32(0) }, true),
    /"archive\/data\/0" has another name or method in its local header/,
  ],
  "a zip bomb": [
    deflated("archive/data/0", new Uint8Array(2 ** 20), 2 ** 20),
    /"archive\/data\/0" must be stored, but it is compressed/,
  ],
  "a zip archive of something else": [
    renamed(whole, "archive/data.pkl", "archive/data.txt"),
    /must have one entry "<name>\/data\.pkl", but it has 0/,
  ],
  "a tar archive of torch < 0.1.10": [
    new Uint8Array(1024).map((_, index) => "ustar".charCodeAt(index - 257) || 0),
    /tar archive of torch < 0\.1\.10; load it with torch and save it again, or convert/,
  ],
  "a plain pickle": [pickle(dictOf("a", op.none)), /must begin as a zip archive or with the magic/],
  "an empty file": [new Uint8Array(), /must begin as a zip archive/],
};

for (const [what, [file, message]] of Object.entries(refused)) {
  Deno.test(`readPytorchFile() refuses ${what}`, () => {
    const started = process.cpuUsage();
    assert.throws(() => readPytorchFile(file), { name: "SyntaxError", message });
    requireQuick(started);
  });
}

const old = Uint8Array.fromHex(current.files["state_dict before 1.6"].file);

Deno.test("readPytorchFile() refuses old files that are cut off or changed, and says where", () => {
  const size = old.length;
  assert.throws(() => readPytorchFile(old.subarray(0, size - 1)), /storage \d+ must have/);
  assert.throws(() => readPytorchFile(Uint8Array.from([...old, 0])), /bytes behind its last/);
  assert.throws(() => readPytorchFile(old.subarray(0, 40)), /ends at byte 40/);
  // 1001, the protocol, stands behind the magic number.
  assert.throws(() => readPytorchFile(old.with(18, 0xe8)), /protocol must be 1001, but it is 1000/);
  const little = new TextDecoder("latin1").decode(old).indexOf("little_endian");
  assert.throws(() => readPytorchFile(old.with(little + 15, 0x89)), /little-endian/);
});

for (const [name, { file }] of Object.entries(current.files)) {
  Deno.test(`readPytorchFile() ends in a clear error, whatever bytes are changed: ${name}`, () => {
    const sample = Uint8Array.fromHex(file);
    const change = fc.record({
      at: fc.nat(sample.length - 1),
      byte: fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 0x7f, 0xff)),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(60), (changes, cut) => {
        const mutated = sample.slice(0, cut < 50 ? sample.length : sample.length - cut);
        for (const { at, byte } of changes) if (at < mutated.length) mutated[at] = byte;
        const started = process.cpuUsage();
        requireClear(() => readPytorchFile(mutated));
        requireQuick(started);
      }),
      { numRuns: 1000, seed: 417 },
    );
  });
}

/** Opcodes without operands. */
const bareOpcodes = Object.values(op).flatMap((part): Bytes[] =>
  typeof part === "function" ? [] : [part]
);

Deno.test("readPytorchFile() interprets any opcodes without harm", () => {
  // The checksum hides the interpreter from changed bytes, so programs are made and wrapped.
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<Bytes>(...bareOpcodes) },
    { weight: 1, arbitrary: fc.constantFrom<Bytes>(plain, storage(2), op.text("k")) },
    { weight: 1, arbitrary: fc.nat(3).map(op.put) },
    { weight: 1, arbitrary: fc.nat(3).map(op.get) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 3 }).map(op.integer) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte): Bytes => [byte]) },
    {
      weight: 1,
      arbitrary: fc.constant(op.global("torch._utils", "_rebuild_tensor_v2")),
    },
    { weight: 1, arbitrary: fc.constant(op.global("collections", "OrderedDict")) },
  );
  let good = 0;
  fc.assert(
    fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
      if (requireClear(() => readPytorchFile(fileOf(parts.flat())))) good++;
    }),
    { numRuns: 20_000, seed: 417 },
  );
  // Some of the programs are whole: the property is not only about the first bad opcode.
  assert.ok(good > 100, `${good} programs gave a value`);
});

/** Whether a file was read; an error must be one of those that explain themselves. */
function requireClear(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    assert.ok(error instanceof SyntaxError || error instanceof TypeError, String(error));
    assert.match(error.message, /^Cannot read (PyTorch file|pickle|zip|tensor)/);
    return false;
  }
}

/** Hostile files must not take time: less than two seconds of the processor; the slowest takes a tenth. */
function requireQuick(started: ReturnType<typeof process.cpuUsage>): void {
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 2e6, `it took ${user + system} µs`);
}
