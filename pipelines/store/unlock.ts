/** Removing leases by hand. Hardly ever needed: a lease whose process is gone is taken over anyway. */

import { removeIfThere } from "./durable_file.ts";
import { holderOf } from "./lease.ts";
import { requireOwn } from "./prepare_store.ts";
import { namesIn } from "./read_if_there.ts";
import type { Holder } from "./store.ts";
import { storeLayout } from "./store_layout.ts";

export interface LeaseState {
  readonly key: string;
  /** Absent when nobody holds it any more. */
  readonly holder?: Holder;
  readonly isRemoved: boolean;
}

/**
 * Removes the leases of the store at `root` that nobody holds; with `key`, a prefix, those of such keys
 * whoever holds them. A process that still works for one is not disturbed, but another may do the same
 * work.
 *
 * @throws {StoreError} When the folder is no store.
 */
export async function unlock(root: string, key?: string): Promise<readonly LeaseState[]> {
  const { leases, lease, temporary } = storeLayout(root);
  requireOwn(root);
  const keys = namesIn(leases).map((name) => name.replace(/\.json$/, ""));
  const states: LeaseState[] = [];
  for (const each of keys.filter((each) => each.startsWith(key ?? ""))) {
    const path = lease(each);
    const holder = await holderOf({ path, temporary });
    const isRemoved = key !== undefined || holder === undefined;
    if (isRemoved) removeIfThere(path);
    states.push({ key: each, ...(holder && { holder }), isRemoved });
  }
  return states;
}
