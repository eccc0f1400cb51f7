/** The keys and digests that runs and lock files name: what garbage collection keeps. */

import { namesOfRoot, readRoots, type Root } from "./roots.ts";
import type { StoreLayout } from "./store_layout.ts";

export interface Marks {
  readonly names: ReadonlySet<string>;
  /** Whether all roots could be read: otherwise what is not named may be needed all the same. */
  readonly isComplete: boolean;
  readonly notices: readonly string[];
}

/** A root that nobody could reach for so long is gone. */
const UNREACHABLE_MS = 30 * 86_400_000;

/** @param more Roots besides those that the store remembers; those that are not there do not count. */
export function findMarks(layout: StoreLayout, more: readonly string[], nowMs: number): Marks {
  const known = readRoots(layout);
  const names = new Set<string>();
  const notices: string[] = [];
  let isComplete = true;
  const add = (path: string) => {
    try {
      for (const name of namesOfRoot(path)) names.add(name);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return true;
      if (!(error instanceof Error)) throw error;
      notices.push(`Cannot read root "${path}": ${error.message}`);
      return false;
    }
  };
  for (const root of known) {
    const isMissed = isMissing(root, nowMs);
    if (isMissed) notices.push(missingText(root));
    if (isMissed || root.state !== "damaged" && !add(root.path)) isComplete = false;
  }
  const extra = more.filter((path) => namesAt(path) && !known.some((root) => root.path === path));
  for (const path of extra) if (!add(path)) isComplete = false;
  if (known.length + extra.length === 0) {
    isComplete = false;
    notices.push("No run and no lock file is known, so results stay unless a limit demands more");
  } else if (!isComplete) {
    notices.push("So results that no other root names stay too, unless a limit demands more");
  }
  return { names, isComplete, notices };
}

function isMissing({ state, seenMs }: Root, nowMs: number): boolean {
  return (state === "unreachable" || state === "damaged") && nowMs - seenMs < UNREACHABLE_MS;
}

function missingText({ path, state }: Root): string {
  if (state === "damaged") {
    return `The note "${path}" is damaged: the next run of its project writes it again`;
  }
  return `Cannot reach root "${path}": if it is gone for good, say --forget "${path}"`;
}

function namesAt(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory || Deno.lstatSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
