/** Latent numbers that carry nothing. */

import { mean } from "../../numerics/mean.ts";
import type { HistoryEntry } from "../../training/history.ts";

/** Nats below which a latent number says nothing that the prior does not. */
export const COLLAPSED_BELOW = 0.01;

/** Share of the history, from its end, that counts. */
const LAST = 0.1;

/** Mean KL divergence of each latent number at the end of a training; empty where none was told. */
export function finalDivergences(
  history: readonly HistoryEntry[],
  { latent, keyOf }: { readonly latent: number; readonly keyOf: (i: number) => string },
): readonly number[] {
  const told = history.filter(({ values }) => values[keyOf(0)] !== undefined);
  const last = told.slice(-Math.ceil(told.length * LAST));
  if (last.length === 0) return [];
  return Array.from(
    { length: latent },
    (_, i) => mean(last.map(({ values }) => values[keyOf(i)]!)),
  );
}

/** How many latent numbers carry nothing. */
export function collapsedOf(divergences: readonly number[]): number {
  return divergences.filter((value) => value < COLLAPSED_BELOW).length;
}

/**
 * What a person should know about a posterior that equals its prior: those latent numbers are noise that the
 * decoder has learned to ignore, and samples differ less than the future does.
 * @returns Undefined where every latent number carries something.
 */
export function collapseWarning(divergences: readonly number[]): string | undefined {
  const collapsed = collapsedOf(divergences);
  if (collapsed === 0) return undefined;
  const extent = collapsed === divergences.length
    ? "Posterior collapse"
    : "Partial posterior collapse";
  return `${extent}: ${collapsed} of ${divergences.length} latent numbers carry less than ` +
    `${COLLAPSED_BELOW} nats, so samples will hardly differ by them; a smaller beta, cycles of it or fewer ` +
    "latent numbers may help";
}
