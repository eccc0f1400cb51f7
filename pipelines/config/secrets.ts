/** Environment variables that a config names as secret: their values are never written anywhere. */

import { type ConfigNode, describeNode } from "./config_node.ts";
import type { Diagnostic, Diagnostics } from "./diagnostic.ts";
import type { Secrets } from "../run/redact.ts";
import { locate, type Origin } from "./source.ts";

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Keys whose text is likely to be one: `hf_token`, `apiKey`, `password`, but not `tokens`. */
const SECRET_KEY =
  /(^|[_.-])(pass(word|wd|phrase)|secret|token|credentials?|(api|access|private|secret)[_-]?key)$/;

const MOST_WARNINGS = 20;

/** The names under `secrets:`. */
export function readSecretNames(
  node: ConfigNode | undefined,
  diagnostics: Diagnostics,
): readonly string[] {
  if (node === undefined) return [];
  if (node.kind !== "list") {
    const found = describeNode(node);
    diagnostics.add(
      node.origin,
      `"secrets" must be a list of environment variables, but is ${found}`,
    );
    return [];
  }
  return node.items.flatMap((item) => {
    const name = item.kind === "scalar" ? item.value : undefined;
    if (typeof name === "string" && NAME.test(name)) return [name];
    const rule = 'A secret must be the name of an environment variable, like "HF_TOKEN"';
    const isText = typeof name === "string";
    // What is no name may be the secret itself.
    const found = isText ? "another text, which is not shown" : describeNode(item);
    diagnostics.add(isText ? masked(item.origin) : item.origin, `${rule}, but is ${found}`);
    return [];
  });
}

/** Those of the variables that are set; the values never reach a key, a record or a stage's parameters. */
export function valuesOfSecrets(names: readonly string[]): Secrets {
  const found = names.map((name) => [name, Deno.env.get(name)] as const);
  return new Map(found.flatMap(([name, value]) => value ? [[name, value] as const] : []));
}

/** One warning for each text in a config that looks like a secret: it would go into keys and records. */
export function findLiteralSecrets(root: ConfigNode): readonly Diagnostic[] {
  const found: { readonly key: string; readonly origin: Origin }[] = [];
  const seen = new Set<ConfigNode>();
  visit(root);
  const places = found.map(({ origin }) => origin);
  return found.slice(0, MOST_WARNINGS).map(({ key, origin }) => ({
    ...locate(masked(origin, places)),
    message: `Warning: "${key}" looks like a secret, and this text goes into cache keys, records ` +
      "and reports",
    hint: 'Put it into an environment variable and name that under "secrets"',
  }));

  function visit(node: ConfigNode): void {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "list") node.items.forEach(visit);
    if (node.kind !== "map") return;
    for (const [key, { node: value }] of node.entries) {
      const isFound = isLiteral(value) && SECRET_KEY.test(snakeCase(key));
      if (isFound) found.push({ key, origin: value.origin });
      visit(value);
    }
  }
}

function isLiteral(node: ConfigNode): boolean {
  return node.kind === "scalar" && typeof node.value === "string" && node.value !== "" &&
    !node.value.startsWith("${");
}

function snakeCase(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

/** The same place in a text that has stars at all the places. */
function masked(origin: Origin, places: readonly Origin[] = [origin]): Origin {
  let { text } = origin.source;
  for (const { source, start, end } of places) {
    if (source !== origin.source) continue;
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, "*") + text.slice(end);
  }
  return { ...origin, source: { ...origin.source, text } };
}
