/** Where a local store keeps what. */

export interface StoreLayout {
  readonly root: string;
  /** Unfinished files; nothing in it is ever read again. */
  readonly temporary: string;
  readonly corrupt: string;
  /** Folder of all blobs. */
  readonly objects: string;
  readonly actions: string;
  readonly leases: string;
  /** What garbage collection takes away, until it is sure. */
  readonly trash: string;
  /** Files that name folders of runs and lock files, whose results are kept. */
  readonly roots: string;
  /** The blob of a digest. */
  blob(digest: string): string;
  action(key: string): string;
  /** What is known of the blobs of an action without reading them. */
  notes(key: string): string;
  lease(key: string): string;
  /** Checkpoints of a key that is not finished. */
  partial(key: string): string;
}

/** The layout below `root`, an absolute path. */
export function storeLayout(root: string): StoreLayout {
  return {
    root,
    temporary: `${root}/tmp`,
    corrupt: `${root}/corrupt`,
    objects: `${root}/objects`,
    actions: `${root}/actions`,
    leases: `${root}/leases`,
    trash: `${root}/trash`,
    roots: `${root}/roots`,
    blob: (digest) => `${root}/objects/${fanOut(digest)}`,
    action: (key) => `${root}/actions/${fanOut(key)}.json`,
    notes: (key) => `${root}/notes/${fanOut(key)}.json`,
    lease: (key) => `${root}/leases/${key}.json`,
    partial: (key) => `${root}/partial/${key}`,
  };
}

/** 256 folders, so that none grows too large to list. */
function fanOut(hex: string): string {
  return `${hex.slice(0, 2)}/${hex.slice(2)}`;
}
