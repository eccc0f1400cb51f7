/** What a schema complains about, in the words of this project. */

import type { z } from "zod";
import { didYouMean } from "./did_you_mean.ts";

export type Issue = z.core.$ZodIssue;

/** "an integer >= 1", to follow "must be"; undefined when the schema's own message says it best. */
export function describeExpected(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return describeType(issue.expected);
    case "invalid_value":
      return oneOf(issue.values);
    case "too_small":
      return describeBound(issue.origin, issue.inclusive === false ? ">" : ">=", issue.minimum);
    case "too_big":
      return describeBound(issue.origin, issue.inclusive === false ? "<" : "<=", issue.maximum);
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.format === "regex" && issue.pattern !== undefined
        ? `text that matches ${issue.pattern}`
        : `text in the format ${issue.format}`;
    case "invalid_union":
      return describeUnion(issue);
    case "unrecognized_keys":
    case "invalid_key":
    case "invalid_element":
    case "custom":
      return undefined;
  }
  issue satisfies never;
}

/** A near value of those that are allowed. */
export function hintForValue(issue: Issue, found: unknown): string | undefined {
  if (typeof found !== "string") return undefined;
  const known = allowedValues(issue).filter((value) => typeof value === "string");
  const hint = didYouMean(found, known);
  return hint?.startsWith("Did") ? hint : undefined;
}

/** Issues to report for one: of a union whose branches go deeper, those of the nearest branch. */
export function unfoldIssue(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const deep = issue.errors
    .filter((branch) => branch.length > 0 && branch.every(({ path }) => path.length > 0))
    .toSorted((a, b) => a.length - b.length);
  const nearest = deep[0];
  if (nearest === undefined) return [issue];
  return nearest.flatMap((inner) =>
    unfoldIssue({ ...inner, path: [...issue.path, ...inner.path] })
  );
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion): string | undefined {
  if (issue.errors.length === 0) {
    return "options" in issue && Array.isArray(issue.options) ? oneOf(issue.options) : undefined;
  }
  const branches = issue.errors.map((branch) => branch[0] && describeExpected(branch[0]));
  const known = branches.filter((text) => text !== undefined);
  return known.length === branches.length ? [...new Set(known)].join(" or ") : undefined;
}

function allowedValues(issue: Issue): readonly unknown[] {
  if (issue.code === "invalid_value") return issue.values;
  if (issue.code !== "invalid_union") return [];
  if ("options" in issue && Array.isArray(issue.options)) return issue.options;
  return issue.errors.flatMap((branch) => branch.flatMap(allowedValues));
}

function describeType(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    int: "an integer",
    number: "a number",
    string: "text",
    boolean: "true or false",
    array: "a list",
    tuple: "a list",
    object: "a map",
    record: "a map",
    null: "null",
  };
  return words[expected] ?? expected;
}

function describeBound(origin: string, sign: string, bound: number | bigint): string {
  if (origin === "array") return `a list with ${sign} ${bound} items`;
  if (origin === "string") return `text with ${sign} ${bound} characters`;
  if (origin === "int") return `an integer ${sign} ${bound}`;
  return `${sign} ${bound}`;
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  return shown.length === 1 ? shown.join() : `one of ${shown.join(", ")}`;
}
