/** A host whose terminal shows no secrets. */

import { asItIs, type Redact } from "../pipelines/run/redact.ts";
import type { Host } from "./verb.ts";

export function redactedHost(host: Host, redact: Redact): Host {
  if (redact === asItIs) return host;
  const { terminal } = host;
  return {
    folder: host.folder,
    loadStages: host.loadStages,
    terminal: {
      ...terminal,
      // A copy would keep the size that the window has now.
      get columns() {
        return terminal.columns;
      },
      get rows() {
        return terminal.rows;
      },
      out: (text) => terminal.out(redact(text)),
      err: (text) => terminal.err(redact(text)),
    },
  };
}
