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
    readonly waitsFor: readonly string[];
  };

/** Walks the plan with what the store knows; linear in stages and stored results. */
export async function forecast(
  plan: Plan,
  store: ResultReader,
  context: KeyContext,
): Promise<readonly StageForecast[]> {
  const digests = new Map<string, string>();
  const forecasts: StageForecast[] = [];
  let history: Promise<readonly Action[]> | undefined;
  const actions = () => history ??= store.listActions();
  for (const planned of plan.stages) {
    const inputs = inputDigests(planned, digests);
    const fingerprint = await keyOf(planned, inputs, context);
    const waitsFor = stagesWithout(planned, digests);
    if (waitsFor.length > 0) {
      forecasts.push(await forecastLater(planned, fingerprint.document, waitsFor, actions));
      continue;
    }
    const found = await store.lookup(fingerprint.key, { stage: planned.name, readOnly: true });
    if (found.state === "hit") {
      for (const [output, { digest }] of Object.entries(found.action.outputs)) {
        digests.set(`${planned.name}.${output}`, digest);
      }
      forecasts.push({ state: "cached", planned, fingerprint });
      continue;
    }
    const why = found.state === "damaged"
      ? { reason: found.damages[0]?.message ?? "its result is damaged", changes: [] }
      : reasonToRun(planned, fingerprint.document, await actions());
    forecasts.push({ state: "run", planned, fingerprint, ...why, waitsFor });
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
  const nearest = nearestDocument(document, documentsOf(planned.stage.id, actions));
  if (nearest === undefined) return { reason: "first run", changes: [] };
  const changes = explainChanges(nearest, document, planned);
  return { reason: summarise(changes) ?? "its result is gone", changes };
}

/** Stands for the content of an input that does not exist yet; no content has this digest. */
const unknownDigest = "0".repeat(64);

/** If no earlier result agrees with what is known already, none will agree later. */
async function forecastLater(
  planned: PlannedStage,
  document: KeyDocument,
  waitsFor: readonly string[],
  actions: () => Promise<readonly Action[]>,
): Promise<StageForecast> {
  const all = reasonToRun(planned, document, await actions());
  const changes = all.changes.filter(({ after }) => after !== unknownDigest);
  if (all.changes.length > 0 && changes.length === 0) {
    const reason = `unknown until ${waitsFor.join(", ")} ran`;
    return { state: "unknown", planned, reason, waitsFor };
  }
  return { state: "run", planned, reason: summarise(changes) ?? all.reason, changes, waitsFor };
}

function summarise(changes: readonly KeyChange[]): string | undefined {
  if (changes.length === 0) return undefined;
  const more = changes.length > 2 ? `, ${changes.length - 2} more` : "";
  return `${changes.slice(0, 2).map(formatChange).join(", ")}${more}`;
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
