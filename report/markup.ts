/** HTML that cannot be forgotten to be escaped: only values made here are taken as markup. */

/** Markup that is safe to send to a browser. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Takes markup as it is: for text that this program wrote, never for data. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template may hold; undefined and false leave nothing. */
export type MarkupValue = Markup | string | number | undefined | false | readonly MarkupValue[];

/**
 * Builds markup; every interpolated string or number is escaped, for text and for attributes in
 * double quotes alike. Interpolate nowhere else: not in tag names, scripts, styles or bare attributes.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  let text = parts[0] ?? "";
  values.forEach((value, i) => text += render(value) + (parts[i + 1] ?? ""));
  return Markup.trusted(text);
}

function render(value: MarkupValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.toString();
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return value.map(render).join("");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for element content and quoted attributes; drops what XML and HTML cannot hold. */
export function escapeHtml(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex -- these characters are exactly what must not pass
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
