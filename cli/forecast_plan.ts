/** A plan laid over the store, for every verb that shows what a run would do. */

import { resolve } from "node:path";
import { unknownDigest } from "../pipelines/key/explain.ts";
import { forecast, type StageForecast } from "../pipelines/key/forecast.ts";
import { openLocalStore } from "../pipelines/store/local_store.ts";
import { LockFileError, lockPathOf, readLockFile } from "../pipelines/run/lock_file.ts";
import type { Plan } from "../pipelines/plan/plan.ts";
import { trustedLookup } from "../pipelines/key/trust_code.ts";
import { chooseEngine } from "./engine_choice.ts";
import { keyContext } from "./key_context.ts";
import type { ConfigArguments, EngineArguments, Host, StoreArguments } from "./verb.ts";

export interface ForecastArguments extends ConfigArguments, StoreArguments, EngineArguments {
  /** Take results of code that was edited since. */
  readonly trustCode: boolean;
}

/** What a run would do; writes nothing. */
export async function forecastPlan(
  plan: Plan,
  args: ForecastArguments,
  host: Host,
): Promise<readonly StageForecast[]> {
  const store = openLocalStore(resolve(host.folder, args.store));
  const memory = { store: store.location, isReadOnly: true };
  return await forecast(plan, store, keyContext((await chooseEngine(args)).facts, memory), {
    ...(args.trustCode && { trusted: trustedLookup(store) }),
    hadResult: lockedKeys(resolve(host.folder, lockPathOf(args.config, args.profile))),
  });
}

/** A forecast as JSON: what is known by now, and nothing else. */
export function forecastJson(each: StageForecast): Readonly<Record<string, unknown>> {
  if (each.state === "cached") {
    return { key: each.fingerprint.key, ...(each.trusted && { trusted: each.trusted }) };
  }
  const key = each.state === "run" ? each.fingerprint?.key : undefined;
  const changes = each.changes.map(({ after, ...change }) =>
    after === unknownDigest ? { ...change, isPending: true } : { ...change, after }
  );
  return { ...(key && { key }), reason: each.reason, changes, waitsFor: each.waitsFor };
}

/** The keys that the last good run of the config had results of; it is read at the first question. */
function lockedKeys(path: string): (key: string) => boolean {
  let known: ReadonlySet<string> | undefined;
  return (key) => (known ??= readKeys(path)).has(key);
}

function readKeys(path: string): ReadonlySet<string> {
  try {
    return new Set(Object.values(readLockFile(path).stages).map(({ key }) => key));
  } catch (error) {
    // It serves to say more, and `run --frozen` complains about it.
    if (error instanceof LockFileError || error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}
