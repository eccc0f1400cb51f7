import assert from "node:assert/strict";
import { isColored, isRedrawn } from "../../cli/terminal.ts";

/** What happens on a terminal and elsewhere, by environment. */
const cases: readonly (readonly [
  environment: Readonly<Record<string, string>>,
  expected: { readonly live: boolean; readonly color: boolean; readonly pipeColor: boolean },
])[] = [
  [{ TERM: "xterm-256color" }, { live: true, color: true, pipeColor: false }],
  [{}, { live: true, color: true, pipeColor: false }],
  [{ NO_COLOR: "1" }, { live: true, color: false, pipeColor: false }],
  // "regardless of its value": https://no-color.org
  [{ NO_COLOR: "0" }, { live: true, color: false, pipeColor: false }],
  [{ FORCE_COLOR: "1" }, { live: true, color: true, pipeColor: true }],
  [{ FORCE_COLOR: "3", NO_COLOR: "1" }, { live: true, color: true, pipeColor: true }],
  [{ FORCE_COLOR: "0" }, { live: true, color: false, pipeColor: false }],
  [{ TERM: "dumb" }, { live: false, color: false, pipeColor: false }],
  [{ TERM: "dumb", FORCE_COLOR: "1" }, { live: false, color: true, pipeColor: true }],
  [{ CI: "true" }, { live: false, color: true, pipeColor: false }],
  [{ CI: "false" }, { live: true, color: true, pipeColor: false }],
];

for (const [variables, expected] of cases) {
  Deno.test(`a terminal with ${JSON.stringify(variables)}`, () => {
    const environment = (name: string) => variables[name];
    const found = {
      live: isRedrawn(true, environment),
      color: isColored(true, environment),
      pipeColor: isColored(false, environment),
    };
    assert.deepEqual(found, expected);
    assert.equal(isRedrawn(false, environment), false, "a pipe is never redrawn");
  });
}
