import assert from "node:assert/strict";
import fc from "fast-check";
import {
  chooseGarbage,
  garbageBytes,
  type GarbageRules,
  standingOf,
  surveyBytes,
} from "../../../pipelines/store/choose_garbage.ts";
import type { Action } from "../../../pipelines/store/store.ts";
import type { StoredResult, StoreSurvey } from "../../../pipelines/store/survey_store.ts";

const HOUR = 3_600_000;
const NOW = 1000 * 24 * HOUR;

interface Made {
  readonly key: string;
  readonly ageH: number;
  readonly blobs: readonly number[];
  readonly isRooted: boolean;
  readonly isLeased: boolean;
}

/** Results by description; blob n has n + 1 bytes, and a record has one. */
function makeSurvey(made: readonly Made[], orphans: readonly number[] = []): StoreSurvey {
  const numbers = new Set([...made.flatMap(({ blobs }) => blobs), ...orphans]);
  const results = made.map(({ key, ageH, blobs }): StoredResult => ({
    path: `/actions/${key}`,
    bytes: 1,
    usedMs: NOW - ageH * HOUR,
    key,
    blobs: new Set(blobs.map((n) => `b${n}`)),
    // The rules read nothing of an action but its outputs.
    action: { outputs: {} } as unknown as Action,
  }));
  return {
    results,
    damagedRecords: [],
    blobs: new Map([...numbers].map((n) => [
      `b${n}`,
      { path: `/objects/b${n}`, digest: `b${n}`, bytes: n + 1, usedMs: NOW - 100 * HOUR },
    ])),
    checkpoints: [],
    holders: new Map(
      made.filter(({ isLeased }) => isLeased).map(({ key }) => [
        key,
        { host: "h", pid: 1, since: new Date(NOW).toISOString() },
      ]),
    ),
    leftovers: [],
  };
}

function rulesFor(made: readonly Made[], more: Partial<GarbageRules> = {}): GarbageRules {
  const marks = new Set(made.filter(({ isRooted }) => isRooted).map(({ key }) => key));
  return { nowMs: NOW, graceMs: HOUR, marks, keepsUnrooted: false, ...more };
}

const anyMade: fc.Arbitrary<readonly Made[]> = fc.uniqueArray(
  fc.record({
    key: fc.integer({ min: 0, max: 30 }).map((n) => `k${n}`),
    ageH: fc.integer({ min: 0, max: 50 }),
    blobs: fc.uniqueArray(fc.nat(12), { maxLength: 4 }),
    isRooted: fc.boolean(),
    isLeased: fc.boolean(),
  }),
  { selector: ({ key }) => key, maxLength: 12 },
);

/** Leases make everything young that was used since they were taken, so most cases go without. */
const anyUnleased = anyMade.map((made) => made.map((each) => ({ ...each, isLeased: false })));

Deno.test("chooseGarbage() takes the results that nobody names, and exactly those of their blobs that nobody else uses", () =>
  fc.assert(fc.property(anyUnleased, fc.uniqueArray(fc.nat(20)), (made, orphans) => {
    const garbage = chooseGarbage(makeSurvey(made, orphans), rulesFor(made));
    const goes = ({ ageH, isRooted }: Made) => ageH > 1 && !isRooted;
    assert.deepEqual(
      garbage.results.map(({ key }) => key).sort(),
      made.filter(goes).map(({ key }) => key).sort(),
    );
    const used = new Set(made.filter((each) => !goes(each)).flatMap(({ blobs }) => blobs));
    const all = new Set([...made.flatMap(({ blobs }) => blobs), ...orphans]);
    assert.deepEqual(
      garbage.blobs.map(({ digest }) => digest).sort(),
      [...all].filter((n) => !used.has(n)).map((n) => `b${n}`).sort(),
    );
  })));

Deno.test("chooseGarbage() never takes what is leased, young, or used by what stays, whatever the limits", () =>
  fc.assert(
    fc.property(
      anyMade,
      fc.option(fc.nat(60), { nil: undefined }),
      fc.option(fc.nat(40), { nil: undefined }),
      (made, maxBytes, maxAgeH) => {
        const survey = makeSurvey(made);
        const rules = rulesFor(made, {
          ...(maxBytes !== undefined && { maxBytes }),
          ...(maxAgeH !== undefined && { maxAgeMs: maxAgeH * HOUR }),
        });
        const { results, blobs } = chooseGarbage(survey, rules);
        for (const result of results) {
          assert.ok(["rooted", "unrooted"].includes(standingOf(result, survey, rules)));
        }
        const kept = survey.results.filter((result) => !results.includes(result));
        for (const { digest } of blobs) assert.ok(kept.every(({ blobs }) => !blobs.has(digest)));
      },
    ),
  ));

Deno.test("chooseGarbage() with maxBytes takes the least recently used, those without a root first, and not one too many", () =>
  fc.assert(fc.property(anyUnleased, fc.nat(80), (made, maxBytes) => {
    const survey = makeSurvey(made);
    const rules = rulesFor(made, { maxBytes });
    const garbage = chooseGarbage(survey, rules);
    const rank = (result: StoredResult) => rules.marks.has(result.key) ? 1 : 0;
    const inOrder = survey.results.filter((each) => each.usedMs < NOW - HOUR)
      .map((each, index) => [each, index] as const)
      .sort(([a, i], [b, j]) => rank(a) - rank(b) || a.usedMs - b.usedMs || i - j)
      .map(([each]) => each);
    const taken = inOrder.slice(0, garbage.results.length);
    assert.deepEqual(new Set(garbage.results), new Set(taken));
    const left = surveyBytes(survey) - garbageBytes(garbage);
    assert.ok(left <= maxBytes || taken.length === inOrder.length);
    // Without the last one taken it would not have been enough.
    if (taken.length > 0) {
      const fewer = new Set(taken.slice(0, -1));
      const kept = survey.results.filter((each) => !fewer.has(each));
      const blobs = new Set(kept.flatMap(({ blobs }) => [...blobs]));
      const size = [...blobs].reduce((sum, digest) => sum + Number(digest.slice(1)) + 1, 0);
      assert.ok(size + kept.length > maxBytes);
    }
  })));

Deno.test("chooseGarbage() with maxAge takes what is older, whoever names it, and nothing younger", () => {
  const base = { blobs: [], isLeased: false };
  const made = [
    { ...base, key: "old", ageH: 50, isRooted: true },
    { ...base, key: "new", ageH: 40, isRooted: false },
  ];
  const rules = rulesFor(made, { maxAgeMs: 45 * HOUR });
  const { results } = chooseGarbage(makeSurvey(made), rules);
  assert.deepEqual(results.map(({ key }) => key), ["old"]);
});

Deno.test("chooseGarbage() keeps results when not every root can be read, unless a limit demands more", () => {
  const made = [{ key: "a", ageH: 50, blobs: [1], isRooted: false, isLeased: false }];
  const survey = makeSurvey(made, [2]);
  const unread = rulesFor(made, { keepsUnrooted: true });
  const garbage = chooseGarbage(survey, unread);
  assert.deepEqual(garbage.results, []);
  assert.deepEqual(garbage.blobs.map(({ digest }) => digest), ["b2"]);
  assert.equal(chooseGarbage(survey, { ...unread, maxBytes: 0 }).results.length, 1);
});

Deno.test("chooseGarbage() takes what was used since a lease was taken for young, also without a grace time", () => {
  const base = { blobs: [1], isRooted: false };
  const made = [
    { ...base, key: "k", ageH: 2, isLeased: false },
    { ...base, key: "lease", ageH: 9, isLeased: true },
  ];
  const survey = makeSurvey(made);
  const since = new Date(NOW - 3 * HOUR).toISOString();
  const holders = new Map([["lease", { host: "h", pid: 1, since }]]);
  const rules = rulesFor(made, { graceMs: 0 });
  assert.deepEqual(chooseGarbage({ ...survey, holders }, rules).results, []);
  const ended = chooseGarbage({ ...survey, holders: new Map() }, rules);
  assert.deepEqual(ended.results.map(({ key }) => key), ["k", "lease"]);
});

Deno.test("chooseGarbage() keeps what lies in the future: nobody knows how old it is", () => {
  const made = [{ key: "a", ageH: -1e6, blobs: [], isRooted: false, isLeased: false }];
  assert.deepEqual(chooseGarbage(makeSurvey(made), rulesFor(made)).results, []);
});
