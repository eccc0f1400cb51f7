/** Moving damaged files to where nobody takes them for good ones. */

import { asStoreError } from "./durable_file.ts";
import { StoreError } from "./store.ts";
import type { StoreLayout } from "./store_layout.ts";

/** Moves a file of the store into `corrupt/`, and says where it is now. */
export function quarantine({ root, corrupt }: StoreLayout, path: string): string {
  const name = path.slice(root.length + 1).replaceAll("/", "-");
  const target = `${name}-${crypto.randomUUID().slice(0, 8)}`;
  try {
    Deno.mkdirSync(corrupt, { recursive: true });
    Deno.renameSync(path, `${corrupt}/${target}`);
    return `moved to corrupt/${target}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "it is gone by now";
    const reason = asStoreError(error, `move "${path}" away`);
    // Nobody believes it where it lies either: it is only found again each time.
    if (reason instanceof StoreError) return `it stays where it is: ${reason.message}`;
    throw reason;
  }
}
