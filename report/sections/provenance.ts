/** With what and on what the run was made. For people: none of it enters a cache key. */

import { markup } from "../markup.ts";
import type { Section } from "../section.ts";

export const provenance: Section = {
  id: "provenance",
  title: "Provenance",
  render({ record }) {
    const facts = Object.entries(record.provenance);
    if (facts.length === 0) return undefined;
    return markup`<dl class="facts-list">${
      facts.map(([name, fact]) =>
        markup`
          <div>
            <dt>${name}</dt>
            <dd>${fact}</dd>
          </div>
        `
      )
    }</dl>`;
  },
};
