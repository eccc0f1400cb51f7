/** Options that several verbs share, declared once. */

import { type Command, InvalidArgumentError, Option } from "commander";

/** Adds options to a command. */
export type OptionGroup = (command: Command) => Command;

export const configOptions: OptionGroup = (command) =>
  command
    .option(
      "--set <key=value>",
      "override a value: stage.with.key=value; may be repeated",
      append,
      [],
    )
    .option("--profile <name>", "apply a profile of the config; may be repeated", append, []);

export const storeOptions: OptionGroup = (command) =>
  command.option("--store <folder>", "where results are kept", ".zoetrope");

export const engineOptions: OptionGroup = (command) =>
  command
    .addOption(
      new Option("--engine <backend>", "what computes tensors")
        .choices(["auto", "onnx", "cpu"])
        .default("auto"),
    )
    .option("--threads <count>", "threads inside one operator; 0 means all cores", wholeNumber, 0);

export const jsonOption: OptionGroup = (command) =>
  command.option("--json", "print one JSON document on standard output", false);

/** Parses an option that counts something. @throws {InvalidArgumentError} */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** Parses an option that counts something there must be one of. @throws {InvalidArgumentError} */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("It must be 1 or more.");
  return value;
}

function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
