/** The JSON Schema of configs, from the schemas of the stages: editors complete and check with it. */

import { z } from "zod";
import type { Json } from "../../artifacts/weights.ts";
import { toJson } from "../key/canonical_json.ts";
import { defaultRetry, retryCauses } from "../run/retry.ts";
import type { AnyStage, StageTable } from "../stage.ts";

type JsonObject = { readonly [key: string]: Json };

const namePattern = "^[a-z0-9][a-z0-9_-]{0,63}$";
/** A stage of a resolved sweep is named with its point. */
const stagePattern = "^[a-z0-9][a-z0-9_-]{0,63}(@[A-Za-z0-9_.,=+~-]{1,150})?$";

/** Draft 7, which the YAML language server knows best; one if/then for each stage. */
export function configSchema(table: StageTable): Json {
  const stages = Object.values(table).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Zoetrope pipeline",
    type: "object",
    properties: {
      ...bodyProperties(stages),
      extends: {
        description:
          "Configs to build on, relative to this file. Maps merge, lists replace, later wins.",
        anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
      },
      secrets: {
        description:
          "Environment variables whose values are kept out of logs, records and reports.",
        type: "array",
        items: { type: "string", pattern: "^[A-Z][A-Z0-9_]{0,63}$" },
      },
      profiles: {
        description: "Named overrides, chosen with --profile.",
        type: "object",
        propertyNames: { pattern: namePattern },
        additionalProperties: {
          type: "object",
          properties: bodyProperties([]),
          additionalProperties: false,
        },
      },
    },
    anyOf: [{ required: ["stages"] }, { required: ["extends"] }],
    additionalProperties: false,
    definitions: {
      interpolation: {
        description: "A value of the top-level params, or of the matrix at each of its points.",
        type: "string",
        pattern: "^\\$\\{\\s*(params|matrix)\\.[^}]+\\}$",
      },
      matrix: matrixSchema,
    },
  };
}

/** The text of `configs/schema.json`. */
export function configSchemaText(table: StageTable): string {
  return `${JSON.stringify(configSchema(table), null, 2)}\n`;
}

/** Keys of a config and of a profile. @param stages Empty for a profile: its stages are fragments. */
function bodyProperties(stages: readonly AnyStage[]): JsonObject {
  return {
    name: {
      description: "Name of the pipeline; its file's unless given.",
      type: "string",
      pattern: namePattern,
    },
    seed: withReference({
      description: "Seed of the run; every random number derives from it.",
      type: "integer",
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: 0,
    }),
    params: { description: "Values for ${params.name}.", type: "object" },
    matrix: { $ref: "#/definitions/matrix" },
    stages: {
      description: "Stages by name; the order does not matter.",
      type: "object",
      propertyNames: { pattern: stagePattern },
      additionalProperties: stageSchema(stages),
    },
  };
}

function stageSchema(stages: readonly AnyStage[]): JsonObject {
  const isFragment = stages.length === 0;
  return {
    type: "object",
    properties: {
      uses: isFragment ? { type: "string" } : {
        description: "What the stage does.",
        oneOf: stages.map(({ id, summary }) => ({ const: id, description: summary })),
      },
      with: { description: "Parameters of the stage.", type: "object" },
      inputs: {
        description: 'Input port: "stage.output".',
        type: "object",
        additionalProperties: { type: "string", pattern: "^([^.@]+|[^.@]+@.+)\\.[^.]+$" },
      },
      resources: {
        description: "What the stage needs from the machine.",
        type: "object",
        properties: {
          cpus: { type: "integer", minimum: 1, maximum: 4096 },
          gpu: { type: "integer", minimum: 0, maximum: 64 },
          memory: { type: "string", description: "512MiB, 16GiB" },
        },
        additionalProperties: false,
      },
      retry: retrySchema,
      timeout: { type: "string", description: "90s, 10m, 1h30m" },
      seed: withReference({
        description: "Takes the place of the run's seed for this stage.",
        type: "integer",
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
      }),
      matrix: { $ref: "#/definitions/matrix" },
      point: {
        description: "In a resolved sweep: the values that the stage's name stands for.",
        type: "object",
      },
    },
    additionalProperties: false,
    // With `extends` a stage may be written in parts, so `uses` is not required here.
    ...(isFragment ? {} : {
      allOf: stages.map((stage) => ({
        if: { properties: { uses: { const: stage.id } }, required: ["uses"] },
        then: { properties: { with: paramsSchema(stage), inputs: inputsSchema(stage) } },
      })),
    }),
  };
}

const itemsSchema = {
  type: "array",
  items: { type: "object", minProperties: 1 },
};

const matrixSchema: Json = {
  description:
    "Variables of a sweep with their values, used as ${matrix.name}; every combination is a point.",
  type: "object",
  properties: {
    include: {
      ...itemsSchema,
      description: "Adds values to the points it does not contradict, else a point of its own.",
    },
    exclude: { ...itemsSchema, description: "Takes out the points that have all of its values." },
  },
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_-]{0,31}$" },
  additionalProperties: {
    anyOf: [{ type: "array", minItems: 1 }, { $ref: "#/definitions/interpolation" }],
  },
};

const timesSchema = { type: "integer", minimum: 0, maximum: 10, default: 0 };

const retrySchema: Json = {
  description:
    "When to try again. A number: so often after a time-out, a lost process or too little memory.",
  anyOf: [timesSchema, {
    type: "object",
    properties: {
      times: timesSchema,
      on: {
        description: "A failed stage would fail again, so name failed only where that is not true.",
        type: "array",
        minItems: 1,
        items: { enum: [...retryCauses] },
        default: [...defaultRetry.on],
      },
      backoff: {
        description: "Pause before the second attempt, doubled for each further one: 5s, 1m.",
        type: "string",
        default: "1s",
      },
    },
    required: ["times"],
    additionalProperties: false,
  }],
};

function paramsSchema(stage: AnyStage): Json {
  const schema = toJson(z.toJSONSchema(stage.params, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
  }));
  if (!isObject(schema)) return schema;
  // Not required: with `extends` a stage may be written in parts.
  const { $schema: _, required: __, ...rest } = schema;
  return { ...openToReferences(rest), description: stage.summary };
}

/** Lets `${params.x}` stand for any value inside of a schema. */
function openToReferences({ properties, items, anyOf, oneOf, ...rest }: JsonObject): JsonObject {
  const choices = anyOf ?? oneOf;
  return {
    ...rest,
    ...(isObject(properties) ? { properties: mapValues(properties, openValue) } : {}),
    ...(items === undefined
      ? {}
      : { items: Array.isArray(items) ? items.map(openValue) : openValue(items) }),
    // With a reference for its discriminator a value fits more than one choice, so "oneOf" is too strict.
    ...(Array.isArray(choices)
      ? { anyOf: choices.map((choice) => isObject(choice) ? openToReferences(choice) : choice) }
      : {}),
  };
}

function openValue(schema: Json): Json {
  return isObject(schema) ? withReference(openToReferences(schema)) : schema;
}

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function inputsSchema(stage: AnyStage): Json {
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(stage.inputs).map(([port, kind]) => [
        port,
        { description: kind.replace(/(.*)\?$/, "$1, optional"), type: "string" },
      ]),
    ),
    additionalProperties: false,
  };
}

/** A value may stand there itself or come from the params; texts for people stay on the outside. */
function withReference({ description, default: preset, ...type }: JsonObject): Json {
  const reference = { $ref: "#/definitions/interpolation" };
  const isChoice = Object.keys(type).length === 1 && Array.isArray(type["anyOf"]);
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: isChoice && Array.isArray(type["anyOf"])
      ? [...type["anyOf"], reference]
      : [type, reference],
  };
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
