/** How to get this run again, and how to see that it is the same. */

import { markup } from "../markup.ts";
import type { Section } from "../section.ts";

export const reproduce: Section = {
  id: "reproduce",
  title: "Run it again",
  render({ record }) {
    // The name ends up in a command that people paste, so only plain names pass.
    const file = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(record.name) ? record.name : "pipeline";
    return markup`
      <ol>
        <li>
          <p>Save the resolved config above as <code>${file}.yaml</code> in a checkout of Zoetrope.</p>
        </li>
        <li>
          <p>Run it. Results that the store already has are not computed again.</p>
          <pre class="scroll code" tabindex="0">deno task run ${file}.yaml</pre>
        </li>
        <li>
          <p>Compare the digests of the outputs with the table of stages: on the same backend with as many threads they
      are equal, byte for byte.</p>
        </li>
      </ol>
      <p
        class="note">This page is a view of <code>run.json</code>, which lies beside it; <code>deno task report</code> with the
      folder of the run writes it again.</p>
    `;
  },
};
