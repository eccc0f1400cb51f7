import assert from "node:assert/strict";
import { readPytorchFile } from "../../artifacts/pytorch_file.ts";
import older from "../fixtures/pytorch_1_13.json" with { type: "json" };
import current from "../fixtures/pytorch_files.json" with { type: "json" };
import {
  archive,
  dictOf,
  floats,
  op,
  pickle,
  storage,
  tensor,
  tuple,
} from "../support/pickle_writer.ts";

const cases: Readonly<
  Record<string, {
    readonly file: string;
    readonly tensors: Readonly<
      Record<string, { readonly shape: readonly number[]; readonly values: string } | undefined>
    >;
  }>
> = { ...current.files, "1.13": older };

for (const [name, { file, tensors }] of Object.entries(cases)) {
  Deno.test(`readPytorchFile() reads what torch saved: ${name}`, () => {
    const read = readPytorchFile(Uint8Array.fromHex(file));
    assert.deepEqual(Object.keys(read.tensors).sort(), Object.keys(tensors).sort());
    for (const [key, expected] of Object.entries(tensors)) {
      const { shape, data } = read.tensors[key]!;
      assert.deepEqual(shape, expected!.shape, key);
      const numbers = expected!.values.split(" ").filter((text) => text !== "")
        .map((text) => text === "inf" ? Infinity : Number(text));
      // Nine digits give every float32 back.
      assert.deepEqual(data, Float32Array.from(numbers), key);
    }
  });
}

Deno.test("readPytorchFile() gives the values beside the tensors", () => {
  assert.deepEqual([...readPytorchFile(Uint8Array.fromHex(older.file)).values], [["step", 3]]);
  const { values } = readPytorchFile(Uint8Array.fromHex(current.files.checkpoint.file));
  assert.deepEqual(Object.fromEntries(values), {
    "7": "seven",
    "list.1.1": "text",
    epoch: 3,
    learning_rate: 0.125,
    large: 2 ** 40,
    larger: -(2n ** 70n),
    best: null,
    done: true,
  });
});

Deno.test("readPytorchFile() reads strings and OrderedDicts as Python 2 pickled them", () => {
  const value = tensor({ from: storage(2), shape: [2], strides: [1] });
  const pair = [...op.emptyList, ...op.mark, ...op.python2Text("a"), ...value, ...op.appends];
  const data = pickle(
    op.global("collections", "OrderedDict"),
    tuple([...op.emptyList, ...pair, ...op.append]),
    op.reduce,
  );
  const { tensors } = readPytorchFile(archive(data, { 0: floats(3, 4) }));
  assert.deepEqual(tensors, { a: { shape: [2], data: Float32Array.of(3, 4) } });
});

Deno.test("readPytorchFile() gives tensors that share a storage copies of their own", () => {
  const file = Uint8Array.fromHex(current.files.views.file);
  const { tensors } = readPytorchFile(file);
  tensors["whole"]!.data.fill(-1);
  assert.equal(tensors["transposed"]!.data[1], 6);
  assert.equal(readPytorchFile(file).tensors["whole"]!.data[1], 1);
});

Deno.test("readPytorchFile() says of an integer that float32 cannot hold which tensor has it", () => {
  const data = pickle(
    dictOf(
      "steps",
      tensor({ from: storage(1, { type: "LongStorage" }), shape: [], strides: [] }),
    ),
  );
  const bytes = new Uint8Array(BigInt64Array.of(2n ** 53n).buffer);
  assert.throws(() => readPytorchFile(archive(data, { 0: bytes })), {
    name: "TypeError",
    message:
      'Cannot read tensor "steps" as float32: an int64 must be at most 2^24 to be exact as ' +
      "float32, but one is 9007199254740992",
  });
});
