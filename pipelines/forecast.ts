/** What a run would do, as far as it can be known before it runs. */

import type { Fingerprint, KeyContext, KeyDocument } from "./fingerprint.ts";
import { keyOf } from "./fingerprint.ts";
import {
  asKeyDocument,
  explainChanges,
  formatChange,
  type KeyChange,
  nearestDocument,
} from "./explain.ts";
import type { Plan, PlannedStage } from "./plan.ts";
import type { Action, Store } from "./store.ts";

/** The part of a store that a forecast reads; it writes nothing. */
export type ResultReader = Pick<Store, "lookup" | "listActions">;

export type StageForecast =
  | { readonly state: "cached"; readonly planned: PlannedStage; readonly fingerprint: Fingerprint }
  | {
    /** The key is known and has no result. */
    readonly state: "run";
    readonly planned: PlannedStage;
    readonly fingerprint: Fingerprint;
    /** "with.steps 1200 -> 50 (configs/x.yaml:14:9)", "first run". */
    readonly reason: string;
    /** Against the nearest earlier result; empty when there is none. */
    readonly changes: readonly KeyChange[];
  }
  | {
    /** The key depends on stages that must run first: it may yet turn out to be cached. */
    readonly state: "unknown";
    readonly planned: PlannedStage;
    /** "unknown until pretrain ran". */
    readonly reason: string;
    readonly waitsFor: readonly string[];
  };

/** Walks the plan with what the store knows. */
export async function forecast(
  plan: Plan,
  store: ResultReader,
  context: KeyContext,
): Promise<readonly StageForecast[]> {
  const digests = new Map<string, string>();
  const forecasts: StageForecast[] = [];
  const history = rememberActions(store);
  for (const planned of plan.stages) {
    const waitsFor = [...planned.inputs.values()]
      .filter(({ stage, output }) => !digests.has(`${stage}.${output}`))
      .map(({ stage }) => stage);
    if (waitsFor.length > 0) {
      const names = [...new Set(waitsFor)];
      const reason = `unknown until ${names.join(", ")} ran`;
      forecasts.push({ state: "unknown", planned, reason, waitsFor: names });
      continue;
    }
    const fingerprint = await keyOf(planned, inputDigests(planned, digests), context);
    const found = await store.lookup(fingerprint.key, { stage: planned.name, readOnly: true });
    if (found.state === "hit") {
      for (const [output, { digest }] of Object.entries(found.action.outputs)) {
        digests.set(`${planned.name}.${output}`, digest);
      }
      forecasts.push({ state: "cached", planned, fingerprint });
      continue;
    }
    const { reason, changes } = found.state === "damaged"
      ? { reason: found.damages[0]?.message ?? "its result is damaged", changes: [] }
      : reasonToRun(planned, fingerprint.document, await history());
    forecasts.push({ state: "run", planned, fingerprint, reason, changes });
  }
  return forecasts;
}

/**
 * Why a stage without a result must run, in one line, and every change against the nearest result.
 *
 * @param actions Of the store, newest first.
 */
export function reasonToRun(
  planned: PlannedStage,
  document: KeyDocument,
  actions: readonly Action[],
): { readonly reason: string; readonly changes: readonly KeyChange[] } {
  const documents = actions.flatMap((action) => asKeyDocument(action.document) ?? []);
  const nearest = nearestDocument(document, documents);
  if (nearest === undefined) return { reason: "first run", changes: [] };
  const changes = explainChanges(nearest, document, planned);
  const shown = changes.slice(0, 2).map(formatChange).join(", ");
  const more = changes.length > 2 ? `, ${changes.length - 2} more` : "";
  return { reason: shown === "" ? "its result is gone" : `${shown}${more}`, changes };
}

function inputDigests(
  planned: PlannedStage,
  digests: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...planned.inputs].flatMap(([port, { stage, output }]) => {
      const digest = digests.get(`${stage}.${output}`);
      return digest === undefined ? [] : [[port, digest]];
    }),
  );
}

/** Reads the store's actions once, and only when somebody asks. */
function rememberActions(store: ResultReader): () => Promise<readonly Action[]> {
  let actions: Promise<readonly Action[]> | undefined;
  return () => actions ??= store.listActions();
}
