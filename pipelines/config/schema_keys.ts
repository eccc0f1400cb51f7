/** Which keys a schema knows at a place: for suggestions. */

import { z } from "zod";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Names of the properties that a schema allows at a path, over all branches of unions. */
export function knownKeysAt(schema: z.ZodObject, path: readonly PropertyKey[]): string[] {
  // A few types have no JSON Schema; suggestions do not need them.
  let here: JsonSchema[] = [z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })];
  for (const step of path) here = here.flatMap(branches).flatMap((branch) => below(branch, step));
  return [
    ...new Set(here.flatMap(branches).flatMap(({ properties }) => Object.keys(properties ?? {}))),
  ];
}

function branches(schema: JsonSchema): JsonSchema[] {
  const inner = [...schema.anyOf ?? [], ...schema.oneOf ?? [], ...schema.allOf ?? []];
  return inner.length === 0 ? [schema] : inner.flatMap(asSchema).flatMap(branches);
}

function below(schema: JsonSchema, step: PropertyKey): JsonSchema[] {
  if (typeof step === "string") {
    const own = schema.properties?.[step];
    return asSchema(own ?? schema.additionalProperties);
  }
  const items = Array.isArray(schema.items) ? schema.items[Number(step)] : schema.items;
  return asSchema(schema.prefixItems?.[Number(step)] ?? items);
}

function asSchema(schema: JsonSchema | boolean | undefined): JsonSchema[] {
  return typeof schema === "object" ? [schema] : [];
}
