/** Gives Node's "util" back what TensorFlow's package still calls. */

import util from "node:util";

/** Deprecated since Node 4, gone from Node 23 and from Deno. */
const removed: Readonly<Record<string, (value: unknown) => boolean>> = {
  isArray: Array.isArray,
  isBoolean: (value) => typeof value === "boolean",
  isFunction: (value) => typeof value === "function",
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === "number",
  isObject: (value) => typeof value === "object" && value !== null,
  isString: (value) => typeof value === "string",
  isUndefined: (value) => value === undefined,
};

/** Adds what is missing to the module that `require("util")` gives; what is there stays. */
export function restoreUtil(target: object = util): void {
  for (const [name, value] of Object.entries(removed)) {
    if (!(name in target)) {
      Object.defineProperty(target, name, { value, configurable: true, writable: true });
    }
  }
}
