/** `stages [id]`: what a config may use. */

import { z } from "zod";
import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import type { AnyStage } from "../pipelines/stage.ts";
import { ExitCode } from "./exit_code.ts";
import { paint } from "./paint.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, JsonArguments } from "./verb.ts";

export interface StagesArguments extends JsonArguments {
  /** Undefined for a list of all. */
  readonly id?: string;
}

export async function stagesVerb(args: StagesArguments, host: Host): Promise<ExitCode> {
  const table = await host.loadStages();
  const { terminal } = host;
  if (args.id !== undefined) {
    const stage = Object.hasOwn(table, args.id) ? table[args.id] : undefined;
    if (stage === undefined) {
      const hint = didYouMean(args.id, Object.keys(table));
      throw new UsageError(`Unknown stage "${args.id}"${hint === undefined ? "" : `. ${hint}`}`);
    }
    terminal.out(
      args.json ? `${JSON.stringify(asJson(stage), null, 2)}\n` : detail(stage, terminal.hasColor),
    );
    return ExitCode.done;
  }
  const stages = Object.values(table).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  terminal.out(
    args.json
      ? `${JSON.stringify(stages.map(asJson), null, 2)}\n`
      : stages.map((stage) => overview(stage, terminal.hasColor)).join("\n"),
  );
  return ExitCode.done;
}

function asJson(stage: AnyStage): unknown {
  const { id, version, summary, inputs, outputs } = stage;
  return { id, version, summary, inputs, outputs, params: paramsOf(stage) };
}

interface Param {
  readonly name: string;
  readonly type: string;
  /** Must be written in a config. */
  readonly required: boolean;
  readonly default?: unknown;
  readonly description: string;
}

function paramsOf(stage: AnyStage): readonly Param[] {
  const schema = z.toJSONSchema(stage.params, { io: "input", unrepresentable: "any" });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const required = schema.required?.includes(name) ?? false;
    if (typeof property === "boolean") return { name, type: "any", required, description: "" };
    const { description = "", default: preset } = property;
    const type = describeType(property);
    return {
      name,
      type,
      required,
      description,
      ...(preset === undefined ? {} : { default: preset }),
    };
  });
}

function describeType(schema: z.core.JSONSchema.JSONSchema | boolean): string {
  if (typeof schema === "boolean") return "any";
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map(describeType).join(" | ");
  if (schema.type === "array") {
    const { items } = schema;
    return `list of ${
      items === undefined || Array.isArray(items) ? "values" : describeType(items)
    }`;
  }
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  const bounds = [
    exclusiveMinimum === undefined ? undefined : `> ${exclusiveMinimum}`,
    minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : `>= ${minimum}`,
    exclusiveMaximum === undefined ? undefined : `< ${exclusiveMaximum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : `<= ${maximum}`,
  ].filter((bound) => bound !== undefined);
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type ?? "any";
  return [type, ...bounds].join(" ");
}

function overview(stage: AnyStage, hasColor: boolean): string {
  return `${paint(stage.id, "bold", hasColor)}  ${stage.summary}\n` +
    `  in   ${ports(stage.inputs)}\n  out  ${ports(stage.outputs)}\n`;
}

function detail(stage: AnyStage, hasColor: boolean): string {
  const params = paramsOf(stage);
  const width = Math.max(0, ...params.map(({ name }) => name.length));
  const lines = params.map((param) => {
    const absent = param.required ? " (required)" : " (optional)";
    const preset = "default" in param ? ` = ${JSON.stringify(param.default)}` : absent;
    const text = param.description === "" ? "" : `\n  ${" ".repeat(width)}  ${param.description}`;
    return `  ${param.name.padEnd(width)}  ${param.type}${preset}${text}\n`;
  });
  return `${overview(stage, hasColor)}${lines.length === 0 ? "" : "with:\n"}${lines.join("")}`;
}

function ports(ports: Readonly<Record<string, string>>): string {
  const list = Object.entries(ports).map(([name, kind]) => `${name}: ${kind}`);
  return list.length === 0 ? "-" : list.join(", ");
}
