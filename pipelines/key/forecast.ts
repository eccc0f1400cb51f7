/** What a run would do, as far as it can be known before it runs. */

import type { Fingerprint, KeyContext, KeyDocument } from "./fingerprint.ts";
import { keyOf } from "./fingerprint.ts";
import {
  asKeyDocument,
  explainChanges,
  type KeyChange,
  nearestDocument,
  unknownDigest,
} from "./explain.ts";
import { summariseChanges } from "./format_change.ts";
import type { Plan, PlannedStage } from "../plan/plan.ts";
import type { Action, Lookup, Store } from "../store/store.ts";
import type { TrustedLookup } from "./trust_code.ts";

/** The part of a store that a forecast reads; it writes nothing. */
export type ResultReader = Pick<Store, "lookup" | "listActions">;

export interface ForecastOptions {
  /** Takes results of code that was edited since. */
  readonly trusted?: TrustedLookup;
  /** Whether some earlier run had a result of this key: tells a first run from a result that was removed. */
  readonly hadResult?: (key: string) => boolean;
}

export type StageForecast =
  | {
    readonly state: "cached";
    readonly planned: PlannedStage;
    readonly fingerprint: Fingerprint;
    /** Modules that changed since the result was computed, which `--trust-code` takes as if they had not. */
    readonly trusted?: readonly KeyChange[];
  }
  | {
    /** There is no result, and there will be none whatever the stages before it produce. */
    readonly state: "run";
    readonly planned: PlannedStage;
    /** Undefined while the stage waits for others. */
    readonly fingerprint?: Fingerprint;
    /** "with.steps 1200 -> 50 (configs/x.yaml:14:9)", "first run". */
    readonly reason: string;
    /** Against the nearest earlier result; empty when there is none. */
    readonly changes: readonly KeyChange[];
    /** Stages that must run before. */
    readonly waitsFor: readonly string[];
  }
  | {
    /** Cached or not, depending on what other stages produce. */
    readonly state: "unknown";
    readonly planned: PlannedStage;
    /** "unknown until pretrain ran". */
    readonly reason: string;
    /** The inputs that may change; their new content is `unknownDigest`. */
    readonly changes: readonly KeyChange[];
    readonly waitsFor: readonly string[];
  };

/** Walks the plan with what the store knows; linear in stages and stored results. */
export async function forecast(
  plan: Plan,
  store: ResultReader,
  context: KeyContext,
  options: ForecastOptions = {},
): Promise<readonly StageForecast[]> {
  const digests = new Map<string, string>();
  const forecasts: StageForecast[] = [];
  let history: Promise<readonly Action[]> | undefined;
  const actions = () => history ??= store.listActions();
  for (const planned of plan.stages) {
    const fingerprint = await keyOf(planned, inputDigests(planned, digests), context);
    const waitsFor = stagesWithout(planned, digests);
    if (waitsFor.length > 0) {
      forecasts.push(await forecastLater(planned, fingerprint.document, waitsFor, actions));
      continue;
    }
    const lookup = { stage: planned.name, readOnly: true };
    const found = await store.lookup(fingerprint.key, lookup);
    const trusted = found.state === "hit"
      ? undefined
      : await options.trusted?.(fingerprint.document, lookup);
    const action = found.state === "hit" ? found.action : trusted;
    if (action === undefined) {
      const why = await reasonOf(planned, fingerprint, found, { actions, options });
      forecasts.push({ state: "run", planned, fingerprint, ...why, waitsFor });
      continue;
    }
    for (const [output, { digest }] of Object.entries(action.outputs)) {
      digests.set(`${planned.name}.${output}`, digest);
    }
    forecasts.push({
      state: "cached",
      planned,
      fingerprint,
      ...(trusted && { trusted: changesSince(trusted, fingerprint.document, planned) }),
    });
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
  const nearest = nearestDocument(document, documentsOf(planned.stage.id, actions), planned.stage);
  if (nearest === undefined) return { reason: "first run", changes: [] };
  const changes = explainChanges(nearest, document, planned);
  return { reason: summariseChanges(changes) ?? "its result is gone", changes };
}

type Actions = () => Promise<readonly Action[]>;

async function reasonOf(
  planned: PlannedStage,
  { key, document }: Fingerprint,
  found: Lookup,
  { actions, options }: { readonly actions: Actions; readonly options: ForecastOptions },
): Promise<{ readonly reason: string; readonly changes: readonly KeyChange[] }> {
  if (found.state === "damaged") {
    const [first] = found.damages;
    return { reason: first?.message ?? "its result is damaged", changes: [] };
  }
  if (options.hadResult?.(key) === true) {
    return { reason: "its result was removed from the store", changes: [] };
  }
  return reasonToRun(planned, document, await actions());
}

function changesSince(
  { document }: Action,
  now: KeyDocument,
  planned: PlannedStage,
): readonly KeyChange[] {
  const before = asKeyDocument(document);
  return before === undefined ? [] : explainChanges(before, now, planned);
}

/** If no earlier result agrees with what is known already, none will agree later. */
async function forecastLater(
  planned: PlannedStage,
  document: KeyDocument,
  waitsFor: readonly string[],
  actions: Actions,
): Promise<StageForecast> {
  const all = reasonToRun(planned, document, await actions());
  const known = all.changes.filter(({ after }) => after !== unknownDigest);
  if (all.changes.length > 0 && known.length === 0) {
    const reason = `unknown until ${waitsFor.join(", ")} ran`;
    return { state: "unknown", planned, reason, changes: all.changes, waitsFor };
  }
  const reason = summariseChanges(known) ?? all.reason;
  return { state: "run", planned, reason, changes: all.changes, waitsFor };
}

function inputDigests(
  planned: PlannedStage,
  digests: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from(planned.inputs, ([port, { stage, output }]) => [
      port,
      digests.get(`${stage}.${output}`) ?? unknownDigest,
    ]),
  );
}

function stagesWithout(
  planned: PlannedStage,
  digests: ReadonlyMap<string, string>,
): readonly string[] {
  const missing = [...planned.inputs.values()]
    .filter(({ stage, output }) => !digests.has(`${stage}.${output}`))
    .map(({ stage }) => stage);
  return [...new Set(missing)];
}

/** Older results of a stage are hardly ever the nearest, and a store may hold very many. */
const comparedResults = 200;

const documentsByActions = new WeakMap<
  readonly Action[],
  ReadonlyMap<string, readonly KeyDocument[]>
>();

/** Documents of one stage, newest first; each list of actions is sorted out once. */
function documentsOf(stageId: string, actions: readonly Action[]): readonly KeyDocument[] {
  let byId = documentsByActions.get(actions);
  if (byId === undefined) {
    const documents = actions.flatMap(({ document }) => asKeyDocument(document) ?? []);
    byId = Map.groupBy(documents, ({ stage }) => stage.id);
    documentsByActions.set(actions, byId);
  }
  return byId.get(stageId)?.slice(0, comparedResults) ?? [];
}
