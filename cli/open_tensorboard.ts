/** TensorBoard files of a run. */

import type { Plan } from "../pipelines/plan/plan.ts";
import {
  type TensorboardOptions,
  type TensorboardWriter,
  tensorboardWriter,
} from "./tensorboard/write_tensorboard.ts";

export interface TensorboardRun extends Omit<TensorboardOptions, "describe"> {
  readonly plan: Plan;
  /** Complete config config as YAML text. */
  readonly configText: string;
}

/** A writer whose files begin with the parameters of their stage and with the whole config. */
export function openTensorboard(
  { plan, configText, ...options }: TensorboardRun,
): TensorboardWriter {
  const stages = new Map(plan.stages.map((planned) => [planned.name, planned]));
  const describe = (name: string) => {
    const planned = stages.get(name);
    const parameters = JSON.stringify(planned?.params ?? {}, null, 2);
    return {
      parameters: `\`${planned?.stage.id}\`\n\n${fenced("json", parameters)}`,
      config: fenced("yaml", configText),
    };
  };
  return tensorboardWriter({ ...options, describe });
}

/** Markdown of text as it is; the fence is longer than any row of backticks in it. */
function fenced(language: string, text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}
