/**
 * Python's pickle format as data: the opcodes that `torch.save` writes for tensors, and nothing else.
 *
 * Source: the comments of CPython's `Lib/pickletools.py`. A pickle is a program that may call any function
 * of Python; here it may name only the globals it is given, and call only those of them that say how. No
 * name leads to code of this process.
 */

import { opcodeName } from "./pickle_opcodes.ts";
import {
  damagedPickle,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleTuple,
  type PickleValue,
  setItems,
} from "./pickle_values.ts";

export interface PickleHost {
  /** The meaning of `module.name`, or undefined to refuse it. */
  global(name: string): PickleGlobal | undefined;
  /** What a persistent id stands for. */
  persistent(id: PickleValue): PickleValue;
}

/**
 * Reads one pickle.
 * @param start Where it begins in `bytes`.
 * @returns The value, and the position behind the pickle.
 * @throws {SyntaxError} Naming the opcode or the global that is refused, and its position.
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  host: PickleHost,
): { readonly value: PickleValue; readonly end: number } {
  const machine = new Machine(bytes, start, host);
  return { value: machine.run(), end: machine.position };
}

/** Every operation takes bytes of the pickle, so its length bounds time and memory. */
class Machine {
  position: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #host: PickleHost;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, start: number, host: PickleHost) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#host = host;
    this.position = start;
  }

  run(): PickleValue {
    for (;;) {
      const at = this.position;
      const opcode = this.#take(1);
      if (opcode === 0x2e) break;
      this.#execute(opcode, at);
    }
    const value = this.#pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) {
      throw damagedPickle("values are left when it stops");
    }
    return value;
  }

  /** One opcode, by its byte. */
  #execute(opcode: number, at: number): void {
    switch (String.fromCharCode(opcode)) {
      case "\x80": {
        const protocol = this.#take(1);
        if (protocol > 2) throw damagedPickle(`its protocol must be 2, but it is ${protocol}`);
        return;
      }
      case "(":
        return void this.#marks.push(this.#stack.length);
      case "}":
        return this.#push(new PickleDict());
      case "]":
        return this.#push(new PickleList());
      case ")":
        return this.#push(new PickleTuple([]));
      case "t":
        return this.#push(new PickleTuple(this.#popToMark()));
      case "\x85":
      case "\x86":
      case "\x87":
        return this.#push(new PickleTuple(this.#popMany(opcode - 0x84)));
      case "q":
        return this.#remember(this.#take(1));
      case "r":
        return this.#remember(this.#take(4));
      case "h":
        return this.#push(this.#recall(this.#take(1)));
      case "j":
        return this.#push(this.#recall(this.#take(4)));
      case "X":
        return this.#push(this.#text(this.#take(4)));
      // Strings of Python 2, which wrote some of the files that are still in use.
      case "U":
        return this.#push(this.#text(this.#take(1)));
      case "T":
        return this.#push(this.#text(this.#take(4)));
      case "J":
        return this.#push(this.#take(4) | 0);
      case "K":
        return this.#push(this.#take(1));
      case "M":
        return this.#push(this.#take(2));
      case "\x8a":
        return this.#push(this.#longInteger(this.#take(1)));
      case "G":
        return this.#push(this.#view.getFloat64(this.#advance(8), false));
      case "N":
        return this.#push(null);
      case "\x88":
        return this.#push(true);
      case "\x89":
        return this.#push(false);
      case "a":
        return this.#append(this.#popMany(1));
      case "e":
        return this.#append(this.#popToMark());
      case "s":
        return this.#setItems(this.#popMany(2));
      case "u":
        return this.#setItems(this.#popToMark());
      case "c":
        return this.#global(at);
      case "Q":
        return this.#push(this.#host.persistent(this.#pop()));
      case "R":
        return this.#reduce(at);
      case "b":
        return this.#build(at);
      default:
        throw damagedPickle(
          `opcode ${opcodeName(opcode)} at byte ${at} is refused: ` +
            "it does not occur in a file of tensors, and nothing is executed",
        );
    }
  }

  #global(at: number): void {
    const name = `${this.#line()}.${this.#line()}`;
    const meaning = this.#host.global(name);
    if (meaning === undefined) {
      throw damagedPickle(
        `it names the Python object "${name}" at byte ${at}, which is refused: only tensors in ` +
          "dicts, lists and tuples are read, and nothing is executed; save the state_dict alone",
      );
    }
    this.#push(meaning);
  }

  #reduce(at: number): void {
    const [callee, args] = this.#popMany(2);
    if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple) || !callee.call) {
      const what = callee instanceof PickleGlobal ? `"${callee.name}"` : "a value";
      throw damagedPickle(`opcode REDUCE at byte ${at} calls ${what}, which is no function here`);
    }
    this.#push(callee.call(args.items));
  }

  /** Attributes of a dict: `_metadata` of a state_dict, of which tensors need nothing. */
  #build(at: number): void {
    const [object, state] = this.#popMany(2);
    if (!(object instanceof PickleDict) || !(state instanceof PickleDict)) {
      throw damagedPickle(`opcode BUILD at byte ${at} may only give attributes to an OrderedDict`);
    }
    this.#push(object);
  }

  #append(values: readonly PickleValue[]): void {
    const list = this.#top();
    if (!(list instanceof PickleList)) throw damagedPickle("it appends to a value that is no list");
    for (const value of values) list.items.push(value);
  }

  #setItems(values: readonly PickleValue[]): void {
    const dict = this.#top();
    if (!(dict instanceof PickleDict)) {
      throw damagedPickle("it sets an item of a value that is no dict");
    }
    setItems(dict, values);
  }

  #push(value: PickleValue): void {
    this.#stack.push(value);
  }

  #pop(): PickleValue {
    const [value] = this.#popMany(1);
    return value!;
  }

  /** The last `count` values, the deepest first; never those below the last mark. */
  #popMany(count: number): PickleValue[] {
    if (this.#stack.length - (this.#marks.at(-1) ?? 0) < count) {
      throw damagedPickle(`it takes a value before byte ${this.position}, but there is none`);
    }
    return this.#stack.splice(this.#stack.length - count);
  }

  #popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) {
      throw damagedPickle(`it goes back to a mark before byte ${this.position}, but there is none`);
    }
    return this.#stack.splice(mark);
  }

  #top(): PickleValue {
    const value = this.#pop();
    this.#stack.push(value);
    return value;
  }

  #remember(index: number): void {
    this.#memo.set(index, this.#top());
  }

  #recall(index: number): PickleValue {
    const value = this.#memo.get(index);
    if (value === undefined) {
      throw damagedPickle(`it recalls value ${index}, which was not remembered`);
    }
    return value;
  }

  /** An unsigned little-endian number. */
  #take(bytes: 1 | 2 | 4): number {
    const at = this.#advance(bytes);
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  /** Steps over bytes and gives where they began. */
  #advance(bytes: number): number {
    const at = this.position;
    if (at + bytes > this.#bytes.length) {
      throw damagedPickle(`it ends at byte ${this.#bytes.length}, inside an operation`);
    }
    this.position += bytes;
    return at;
  }

  #text(length: number): string {
    const at = this.#advance(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  /** Up to the next newline. */
  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    const length = end - this.position;
    // No name of Python's is longer; and an error must stay readable.
    if (end < 0 || length > 200) throw damagedPickle("it names a global in more than 200 bytes");
    const text = this.#text(length);
    this.position++;
    return text;
  }

  /** Two's complement, little-endian. */
  #longInteger(length: number): number | bigint {
    if (length > 16) throw damagedPickle(`it has an integer of ${length} bytes; 16 are read`);
    const at = this.#advance(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(this.#bytes[at + i]!);
    const signed = BigInt.asIntN(8 * length, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }
}
