import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { escapeHtml, Markup, markup, type MarkupValue } from "../../report/markup.ts";

Deno.test("markup escapes every interpolated string, in text and in attributes", () => {
  const hostile = `"><img src=x onerror='alert(1)'>&amp;`;
  assert.equal(
    markup`<p title="${hostile}">${hostile}</p>`.toString(),
    `<p title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;">` +
      `&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;</p>`,
  );
});

Deno.test("markup keeps markup, joins lists, writes numbers and leaves out undefined and false", () => {
  const items: MarkupValue = ["a", 1, [markup`<b>&</b>`, undefined], false];
  assert.equal(markup`<i>${items}</i>`.toString(), "<i>a1<b>&</b></i>");
  assert.equal(Markup.trusted("<hr>").toString(), "<hr>");
});

Deno.test("escapeHtml() of any text is read back by a parser as that text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const { document } = readPage(`<p title="${escapeHtml(text)}">${escapeHtml(text)}</p>`);
    const paragraph = document.querySelector("p");
    // deno-lint-ignore no-control-regex -- what escapeHtml() must replace
    const expected = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd");
    assert.equal(paragraph?.textContent, expected);
    assert.equal(paragraph?.getAttribute("title"), expected);
  }));
});

Deno.test("escapeHtml() replaces control characters and lone surrogates, which HTML cannot hold", () => {
  assert.equal(escapeHtml("a\u0000b\u001bc\ud800d\n"), "a\ufffdb\ufffdc\ufffdd\n");
});

interface Page {
  readonly document: {
    querySelector(selector: string):
      | { readonly textContent: string; getAttribute(name: string): string | null }
      | null;
  };
}

function readPage(body: string): Page {
  const page: object = parseHTML(`<!doctype html><html><body>${body}</body></html>`);
  return { document: Reflect.get(page, "document") };
}
