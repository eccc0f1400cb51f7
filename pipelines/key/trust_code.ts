/** Results of code that was edited since: `--trust-code` takes them all the same. */

import { canonicalJson } from "./canonical_json.ts";
import { digestOf } from "./digest.ts";
import { asKeyDocument } from "./explain.ts";
import type { KeyDocument } from "./fingerprint.ts";
import type { Action, LookupOptions, Store } from "../store/store.ts";

/** The newest whole result whose key document differs in nothing but `code`; undefined without one. */
export type TrustedLookup = (
  document: KeyDocument,
  options: LookupOptions,
) => Promise<Action | undefined>;

/**
 * A lookup for one run: what the store holds is listed once, at the first question.
 *
 * What it finds keeps its own key: nothing is stored under the key of the new code, so that a run which
 * does not trust computes the stage.
 */
export function trustedLookup(store: Pick<Store, "lookup" | "listActions">): TrustedLookup {
  let known: Promise<ReadonlyMap<string, readonly Action[]>> | undefined;
  return async (document, options) => {
    known ??= store.listActions().then(byDocumentWithoutCode);
    for (const { key } of (await known).get(withoutCode(document)) ?? []) {
      const found = await store.lookup(key, options);
      if (found.state === "hit") return found.action;
    }
    return undefined;
  };
}

/** Newest first. */
function byDocumentWithoutCode(actions: readonly Action[]): ReadonlyMap<string, readonly Action[]> {
  const known = actions.flatMap((action) => {
    const document = asKeyDocument(action.document);
    return document === undefined ? [] : [{ action, name: withoutCode(document) }];
  });
  const groups = Map.groupBy(known, ({ name }) => name);
  return new Map([...groups].map(([name, group]) => [name, group.map(({ action }) => action)]));
}

function withoutCode({ code: _, written: __, ...rest }: KeyDocument): string {
  return digestOf(canonicalJson(rest));
}
