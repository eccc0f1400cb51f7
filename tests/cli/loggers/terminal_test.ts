import assert from "node:assert/strict";
import { liveTerminal } from "../../../cli/live_lines.ts";
import { plainLogger } from "../../../cli/loggers/plain.ts";
import { terminalLogger } from "../../../cli/loggers/terminal.ts";
import type { Terminal } from "../../../cli/terminal.ts";
import type { Event } from "../../../pipelines/event.ts";
import { Screen } from "../../support/screen.ts";

const key = "2f9c01".padEnd(64, "0");

function terminalOn(screen: Screen, hasColor = false): Terminal {
  return {
    out: (text) => screen.write(text),
    err: (text) => screen.write(text),
    isInteractive: true,
    hasColor,
    errHasColor: hasColor,
    get columns() {
      return screen.columns;
    },
    rows: screen.rows,
  };
}

function started(stage: string): Event {
  return { kind: "stage-started", stage, key, reason: "first run" };
}

function finished(stage: string): Event {
  return { kind: "stage-finished", stage, seconds: 92 };
}

function warned(stage: string, message: string): Event {
  return { kind: "stage-warning", stage, message };
}

/** Many steps, so that some of them are drawn. */
function toldProgress(log: (event: Event) => void, stage: string, message?: string): void {
  const values = { loss: 0.03123, gradientNorm: 1.5, learningRate: 0.0004 };
  const progress = { step: 5, of: 9, values, ...(message === undefined ? {} : { message }) };
  log({ kind: "stage-progress", stage, progress });
}

Deno.test("terminalLogger() leaves on the screen what plainLogger() writes, in any window", () => {
  const names = ["clips", "train", "測試階段", "test"];
  const events: Event[] = [
    { kind: "run-started", name: "r", stages: names },
    { kind: "stage-cached", stage: "clips", key },
    ...names.slice(1).map(started),
    warned("train", "slow"),
    warned("train", "two\nlines"),
    finished("測試階段"),
    { kind: "stage-failed", stage: "test", cause: "failed", message: "Cannot test" },
    finished("train"),
    { kind: "run-finished", status: "failed", seconds: 93 },
  ];
  for (const [columns, rows] of [[80, 24], [32, 24], [33, 4], [32, 3]] as const) {
    const plain = new Screen(columns, rows);
    events.forEach(plainLogger((text) => plain.write(text), 8));
    for (const hasColor of [false, true]) {
      const screen = new Screen(columns, rows);
      const log = terminalLogger(liveTerminal(terminalOn(screen, hasColor)), 8);
      for (const event of events) {
        log(event);
        toldProgress(log, "train", "出力をサンプリングしています 🎞🎞🎞🎞");
      }
      assert.deepEqual(screen.text, plain.text, `${columns} x ${rows}`);
    }
  }
});

Deno.test("terminalLogger() shows one line per running stage below what is done", () => {
  const screen = new Screen(100, 24);
  const log = terminalLogger(liveTerminal(terminalOn(screen)), 5);
  log(started("train"));
  log(started("test"));
  toldProgress(log, "train");
  log(warned("test", "slow"));
  assert.deepEqual(screen.text, [
    "▸ train  runs     first run",
    "▸ test   runs     first run",
    "! test   slow",
    "▸ train  step 5/9  loss 0.0312  gradientNorm 1.5  learningRate 0.0004",
    "▸ test   starting",
  ]);
  log(finished("train"));
  log(finished("test"));
});

Deno.test("terminalLogger() never writes into the last column, so that no line wraps", () => {
  for (let columns = 1; columns <= 60; columns++) {
    const screen = new Screen(columns, 24);
    const terminal = terminalOn(screen);
    let widest = 0;
    const live = liveTerminal({ ...terminal, columns, rows: 24 });
    const log = terminalLogger({
      ...live,
      show(_, lines) {
        const before = screen.text.length;
        live.show("", lines);
        assert.ok(screen.text.length <= Math.max(before, 1), `${columns} columns`);
        widest = Math.max(widest, screen.text.length);
      },
    }, 12);
    log(started("漢字ステージ"));
    toldProgress(log, "漢字ステージ");
    log(warned("漢字ステージ", "now"));
    assert.equal(widest, 1);
    log(finished("漢字ステージ"));
  }
});

Deno.test("terminalLogger() of more stages than rows says how many it does not show", () => {
  const screen = new Screen(80, 6);
  const log = terminalLogger(liveTerminal(terminalOn(screen)), 8);
  const names = Array.from({ length: 20 }, (_, i) => `stage_${i}`);
  names.map(started).forEach(log);
  assert.deepEqual(
    screen.visible.slice(1),
    [
      "▸ stage_0   starting",
      "▸ stage_1   starting",
      "▸ stage_2   starting",
      "▸ stage_3   starting",
      "… and 16 more",
    ].slice(-screen.visible.length + 1),
  );
  names.map(finished).forEach(log);
  assert.equal(screen.text.length, 40);
  assert.equal(new Set(screen.text).size, 40, "every stage has started and ended, once");
});

Deno.test("live lines are erased whole after the window became narrower, or wider", () => {
  for (const columns of [20, 33, 7, 90]) {
    const screen = new Screen(60, 24);
    const log = terminalLogger(liveTerminal(terminalOn(screen)), 5);
    log(started("train"));
    toldProgress(log, "train");
    log(warned("train", "before"));
    screen.resize(columns);
    log(finished("train"));
    const text = screen.text.join("").replace(/ +/g, " ");
    assert.equal(text.match(/step 5/g), null, `${columns}: ${screen.text.join("|")}`);
    assert.equal(text, "▸ train runs first run! train before✓ train ran 1:32");
  }
});

Deno.test("text beside the events, on either stream, goes above the live lines", () => {
  const screen = new Screen(80, 24);
  const live = liveTerminal(terminalOn(screen));
  const log = terminalLogger(live, 5);
  live.out("the plan\n");
  log(started("train"));
  live.err("Stopping: no end of line");
  live.out("more\n");
  assert.deepEqual(screen.text, [
    "the plan",
    "▸ train  runs     first run",
    "Stopping: no end of line",
    "more",
    "▸ train  starting",
  ]);
  log(finished("train"));
  live.out("done\n");
  assert.deepEqual(screen.text.slice(-2), ["✓ train  ran      1:32", "done"]);
});

Deno.test("loggers let no escape code of a stage through, and keep a live line on one line", () => {
  const attack = "\x1b[2J\x1b]0;title\x07\u009b3A\u202e";
  const screen = new Screen(120, 24);
  const log = terminalLogger(liveTerminal(terminalOn(screen)), 5);
  log(started("train"));
  toldProgress(log, "train", `${attack}a\nb\tc`);
  log(warned("train", attack));
  assert.match(screen.text.at(-1) ?? "", /a b c$/);
  log({ kind: "stage-failed", stage: "train", cause: "failed", message: attack });
  assert.match(screen.text.join("\n"), /! train {2}\ufffd\[2J\ufffd\]0;title\ufffd\ufffd3A\ufffd/);
  let plain = "";
  plainLogger((text) => plain += text, 5)(warned("train", attack));
  // deno-lint-ignore no-control-regex -- escape codes are what is looked for
  assert.doesNotMatch(plain, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});
