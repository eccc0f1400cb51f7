/** Adding a verb to the command line. */

import type { Command } from "commander";
import type { OptionGroup } from "./options.ts";

/** A command with what all verbs inherit and the options that it shares with others. */
export function addVerb(
  program: Command,
  usage: string,
  description: string,
  groups: readonly OptionGroup[] = [],
): Command {
  const command = program.command(usage).description(description).copyInheritedSettings(program);
  return groups.reduce((extended, group) => group(extended), command);
}
