/** Names of pickle's opcodes, for messages: all of protocols 0 to 5. */

/** The opcode as `pickletools` calls it. */
export function opcodeName(opcode: number): string {
  const code = `0x${opcode.toString(16).padStart(2, "0")}`;
  const name = names[String.fromCharCode(opcode)];
  return name === undefined ? code : `${name} (${code})`;
}

const names: Readonly<Record<string, string>> = {
  "0": "POP",
  "1": "POP_MARK",
  "2": "DUP",
  "F": "FLOAT",
  "I": "INT",
  "L": "LONG",
  "P": "PERSID",
  "S": "STRING",
  "V": "UNICODE",
  "d": "DICT",
  "g": "GET",
  "i": "INST",
  "l": "LIST",
  "o": "OBJ",
  "p": "PUT",
  "B": "BINBYTES",
  "C": "SHORT_BINBYTES",
  "\x81": "NEWOBJ",
  "\x82": "EXT1",
  "\x83": "EXT2",
  "\x84": "EXT4",
  "\x8b": "LONG4",
  "\x8c": "SHORT_BINUNICODE",
  "\x8d": "BINUNICODE8",
  "\x8e": "BINBYTES8",
  "\x8f": "EMPTY_SET",
  "\x90": "ADDITEMS",
  "\x91": "FROZENSET",
  "\x92": "NEWOBJ_EX",
  "\x93": "STACK_GLOBAL",
  "\x94": "MEMOIZE",
  "\x95": "FRAME",
  "\x96": "BYTEARRAY8",
  "\x97": "NEXT_BUFFER",
  "\x98": "READONLY_BUFFER",
};
