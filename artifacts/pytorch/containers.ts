/**
 * The two containers of `torch.save`: a zip archive since PyTorch 1.6, before that one stream.
 *
 * Source: `torch/serialization.py` of PyTorch 2.15. The old stream is read too, because weights that are
 * still in use, those of the Fréchet Inception distance among them, were never saved again.
 */

import { openZip } from "../zip.ts";
import { TensorHost } from "./globals.ts";
import { readPickle } from "./pickle.ts";
import { PickleDict, PickleList, type PickleValue } from "./pickle_values.ts";

/** A pickled state_dict takes about 150 bytes for each tensor. */
const MAX_PICKLE_BYTES = 2 ** 24;
/** What an old file begins with: the pickle of 0x1950a86a20f9469cfc6c. */
const LEGACY_MAGIC = Uint8Array.fromHex("80028a0a6cfc9c46f9206aa850192e");
const LEGACY_PROTOCOL = 1001;

/** The error of every unusable file. */
export function damagedFile(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read PyTorch file: ${reason}`);
}

/** The pickled value; all storages that it names have their bytes. */
export function readContainer(file: Uint8Array): PickleValue {
  if (startsWith(file, Uint8Array.of(0x50, 0x4b))) return readArchive(file);
  if (startsWith(file, LEGACY_MAGIC)) return readLegacy(file);
  const tar = new TextDecoder("latin1").decode(file.subarray(257, 262));
  if (tar === "ustar") {
    throw damagedFile(
      "it is a tar archive of torch < 0.1.10; load it with torch and save it again, " +
        "or convert it to safetensors",
    );
  }
  throw damagedFile("it must begin as a zip archive or with the magic number of torch < 1.6");
}

function readArchive(file: Uint8Array): PickleValue {
  // Torch stores, so that tensors can be mapped into memory.
  const zip = openZip(file, { storedOnly: true });
  const pickles = zip.names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) {
    throw damagedFile(
      `it must have one entry "<name>/data.pkl", but it has ${pickles.length}: it is no torch.save`,
    );
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  if (zip.names.includes(`${folder}constants.pkl`)) {
    throw damagedFile("it is a TorchScript program; save the state_dict of its module alone");
  }
  if (zip.names.includes(`${folder}byteorder`)) {
    const order = new TextDecoder().decode(zip.read(`${folder}byteorder`).subarray(0, 16));
    if (order !== "little") {
      throw damagedFile(`its bytes must be little-endian, but are "${order}"`);
    }
  }
  const bytes = zip.read(pickle);
  requirePickleSize(bytes.length);
  const host = new TensorHost();
  const { value, end } = readPickle(bytes, 0, host);
  if (end !== bytes.length) throw damagedFile(`"${pickle}" has bytes behind its end`);
  for (const [key, storage] of host.storages) {
    const name = `${folder}data/${key}`;
    // Asked first: the checksum of many bytes takes time.
    const size = zip.size(name);
    if (size !== storage.byteLength) {
      throw damagedFile(
        `"${name}" must have ${storage.byteLength} bytes for ${storage.count} ${storage.dtype}, ` +
          `but ${size === undefined ? "is missing" : `has ${size}`}`,
      );
    }
    storage.fill(zip.read(name));
  }
  return value;
}

/** Pickles of magic, protocol, machine, value and keys; then each storage as its size and its bytes. */
function readLegacy(file: Uint8Array): PickleValue {
  const host = new TensorHost();
  let position = LEGACY_MAGIC.length;
  const next = () => {
    const { value, end } = readPickle(
      file.subarray(0, position + MAX_PICKLE_BYTES),
      position,
      host,
    );
    position = end;
    return value;
  };
  const protocol = next();
  if (protocol !== LEGACY_PROTOCOL) {
    throw damagedFile(`the protocol must be ${LEGACY_PROTOCOL}, but it is ${String(protocol)}`);
  }
  const machine = next();
  const isLittle = machine instanceof PickleDict && machine.entries.get("little_endian") === true;
  if (!isLittle) throw damagedFile("its bytes must be little-endian");
  const value = next();
  const keys = keysOf(next());
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (const key of keys) {
    const storage = host.storages.get(key);
    if (storage === undefined) throw damagedFile(`storage ${key} belongs to no tensor`);
    host.storages.delete(key);
    const start = position + 8;
    const count = start <= file.length ? view.getBigInt64(position, true) : undefined;
    if (count !== BigInt(storage.count) || start + storage.byteLength > file.length) {
      throw damagedFile(
        `storage ${key} must have ${storage.count} ${storage.dtype}, but the file has ${
          count === undefined ? "nothing" : count
        } in ${Math.max(0, file.length - start)} bytes`,
      );
    }
    position = start + storage.byteLength;
    storage.fill(file.subarray(start, position));
  }
  const [missing] = host.storages.keys();
  if (missing !== undefined) throw damagedFile(`storage ${missing} is missing`);
  if (position !== file.length) throw damagedFile("it has bytes behind its last storage");
  return value;
}

function keysOf(value: PickleValue): string[] {
  const keys = value instanceof PickleList ? value.items : [undefined];
  if (keys.every((key) => typeof key === "string")) return keys;
  throw damagedFile("the keys of its storages must be a list of strings");
}

function requirePickleSize(bytes: number): void {
  if (bytes <= MAX_PICKLE_BYTES) return;
  throw damagedFile(`the pickle may have ${MAX_PICKLE_BYTES} bytes, but it has ${bytes}`);
}

function startsWith(file: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => file[index] === byte);
}
