/** Runs a config with the keys of the command line, so that its verbs find the results. */

import { chooseEngine } from "../../cli/engine_choice.ts";
import { keyContext } from "../../cli/key_context.ts";
import type { KeyContext } from "../../pipelines/key/fingerprint.ts";
import { runConfig } from "./tiny_run.ts";

/**
 * Runs `folder/config.yaml` in this process; results are in `folder/.zoetrope`.
 *
 * @param more What keys are to know otherwise.
 */
export async function fillStore(folder: string, more: Partial<KeyContext> = {}): Promise<void> {
  const { facts } = await chooseEngine({ engine: "auto", threads: 0 });
  await runConfig(folder, {
    store: `${folder}/.zoetrope`,
    keys: { ...keyContext(facts, { store: `${folder}/.zoetrope`, isReadOnly: true }), ...more },
  });
}
