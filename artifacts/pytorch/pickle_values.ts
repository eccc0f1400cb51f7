/** What a pickle may hold. */

/** Python values; `bigint` where a number would lose digits. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | PickleObject;

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** May hold itself, as in Python. */
export class PickleList {
  readonly items: PickleValue[] = [];
}

/** A dict or an OrderedDict; may hold itself. */
export class PickleDict {
  readonly entries = new Map<string | number | bigint | boolean, PickleValue>();
}

/** What a persistent id or a call made. */
export abstract class PickleObject {
  /** So that no other object is one to the compiler. */
  protected readonly isPickleObject = true;
}

/** A name that the pickle may mention. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    /** What calling it gives; without it, the name may only be mentioned. */
    readonly call?: (args: readonly PickleValue[]) => PickleValue,
  ) {}
}

/** Puts keys and values, in turns, into a dict. @throws {SyntaxError} When a key is no string or number. */
export function setItems(dict: PickleDict, values: readonly PickleValue[]): void {
  if (values.length % 2 !== 0) throw damagedPickle("it sets a key without a value");
  for (let i = 0; i < values.length; i += 2) {
    const key = values[i]!;
    if (key === null || typeof key === "object") {
      throw damagedPickle("a key of a dict must be a string or a number");
    }
    dict.entries.set(key, values[i + 1]!);
  }
}

/** The error of every unusable pickle. */
export function damagedPickle(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read pickle: ${reason}`);
}
