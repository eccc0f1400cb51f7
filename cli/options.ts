/** Options that several verbs share, declared once. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../pipelines/config/quantity.ts";

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
    .option("--profile <name>", "apply a profile of the config; may be repeated", append, [])
    .option(
      "--point <variable=value>",
      "only these points of a sweep; may be repeated",
      append,
      [],
    );

export const storeOptions: OptionGroup = (command) =>
  command.option("--store <folder>", "where results are kept", ".zoetrope");

export const engineOptions: OptionGroup = (command) =>
  command
    .addOption(
      new Option("--engine <backend>", "what computes tensors")
        .choices(["auto", "onnx", "webgpu", "cuda", "cpu"])
        .default("auto"),
    )
    .option("--threads <count>", "threads inside one operator; 0 means all cores", wholeNumber, 0);

export const trustOption: OptionGroup = (command) =>
  command.option("--trust-code", "take results of code that was edited since", false);

export const runOptions: OptionGroup = (command) =>
  command
    .option("-j, --jobs <count>", "stages at the same time", positiveNumber, 1)
    .option("-k, --keep-going", "after a failure go on with what does not need it", false)
    .option("-f, --force", "run all stages although their results are there", false)
    .option("--force-only <stage>", "run this stage; may be repeated", append, [])
    .option("--force-from <stage>", "run this stage and all after it; may be repeated", append, [])
    .option("--frozen", "fail unless every key and result is that of the lock file", false)
    .option("--check-determinism", "compute what runs twice, and compare the bytes", false)
    .option("--time-budget <time>", "save checkpoints and stop after this time: 10m", duration)
    .option("--lease-timeout <time>", "wait so long for another run of the same stage", duration)
    .option("--keep-failed", "keep job and last checkpoint of a stage that failed", false);

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

/** Parses "90s", "10m", "1h30m" to seconds. @throws {InvalidArgumentError} */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError("It must be like 90s, 10m or 1h30m.");
  return seconds;
}

/** Parses an option that may be repeated. */
export function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
