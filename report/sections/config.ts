/** The config as it was resolved: defaults filled in, profiles and overrides applied. */

import { type Markup, markup } from "../markup.ts";
import type { Section } from "../section.ts";

// A longer config is folded, so that what follows it can be found.
const MAX_OPEN_LINES = 80;

export const config: Section = {
  id: "config",
  title: "Resolved config",
  render({ record }) {
    if (record.config.trim() === "") return undefined;
    const lines = record.config.trimEnd().split("\n");
    return markup`
      <p class="lead">Every default is filled in and every override applied; saved to a file, it is a
      config that gives this run again.</p>
      <details${lines.length <= MAX_OPEN_LINES && markup` open`}>
        <summary>${lines.length} lines of YAML</summary>
        <pre class="scroll code" tabindex="0">${
      lines.map((line) => markup`${highlight(line)}\n`)
    }</pre>
      </details>
    `;
  },
};

/** Marks comment, key and scalar of one line of YAML; what it does not understand stays plain. */
function highlight(line: string): Markup {
  const match = /^(\s*(?:- )*)([\w./"'$[\]=-]+)(:)(\s+.*|)$/.exec(line);
  if (match === null) return value(line);
  const [, indent = "", key = "", colon = "", rest = ""] = match;
  return markup`${indent}<b>${key}</b>${colon}${value(rest)}`;
}

function value(text: string): Markup {
  // A comment starts at the first " #" that stands outside quotes.
  const match = /^((?:[^#"']|"[^"]*"|'[^']*'|(?<=\S)#)*?)(?:(?<=^|\s)(#.*))?$/.exec(text);
  const [, scalar = text, comment] = match ?? [];
  return markup`${scalarText(scalar)}${comment !== undefined && markup`<i>${comment}</i>`}`;
}

function scalarText(text: string): Markup {
  const isLiteral = /^\s*(?:- )*(?:-?\d[\d_.eE+-]*|true|false|null|~)\s*$/.test(text);
  return isLiteral ? markup`<u>${text}</u>` : markup`${text}`;
}
