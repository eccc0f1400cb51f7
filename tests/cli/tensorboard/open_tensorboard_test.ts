import assert from "node:assert/strict";
import { openTensorboard } from "../../../cli/open_tensorboard.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { readEventFile } from "../../support/read_event_file.ts";
import { withFolder } from "../../support/tiny_run.ts";
import { tinyStages } from "../../support/tiny_stages.ts";

Deno.test("openTensorboard() begins a stage's file with its parameters and the config, fenced", () =>
  withFolder(async (folder) => {
    const yaml = "name: t\nstages:\n  n: { uses: tiny/numbers, with: { count: 7 } }\n";
    await Deno.writeTextFile(`${folder}/c.yaml`, yaml);
    const plan = await planPipeline(await parseConfig("c.yaml", { folder, set: [] }), tinyStages);
    // Text that would end a fence of three.
    const configText = "name: t\nnote: |\n  ```\n  ````\n";
    const warn = (message: string) => assert.fail(message);
    openTensorboard({ plan, configText, folder, warn })
      .sink({ kind: "stage-started", stage: "n", key: "0".repeat(64), reason: "" });
    const [file] = [...Deno.readDirSync(`${folder}/tensorboard/n`)];
    const bytes = Deno.readFileSync(`${folder}/tensorboard/n/${file?.name}`);
    assert.deepEqual(readEventFile(bytes).at(-1)?.values, {
      parameters: '`tiny/numbers`\n\n```json\n{\n  "count": 7,\n  "seed": 0\n}\n```',
      config: "`````yaml\nname: t\nnote: |\n  ```\n  ````\n`````",
    });
  }));
