/** What the process of a stage may do: a stage that tries everything else is refused each time. */

import assert from "node:assert/strict";
import { hostileStages } from "../../../support/hostile_stages.ts";
import { type TinyResult, tinyRun, withFolder } from "../../../support/tiny_run.ts";

/** Everything below a folder, by path, with the content of files. */
function snapshotOf(folder: string, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = prefix + name;
    if (isDirectory) snapshotOf(`${folder}/${name}`, `${path}/`).forEach((v, k) => found.set(k, v));
    else found.set(path, isFile ? Deno.readTextFileSync(`${folder}/${name}`) : "link");
  }
  return found;
}

/** An outer folder with a secret, and a project in it with data and a link that leads out. */
async function makePlaces(folder: string) {
  const outside = await Deno.realPath(folder);
  const project = `${outside}/project`;
  await Deno.mkdir(`${project}/data`, { recursive: true });
  await Deno.writeTextFile(`${outside}/secret.txt`, "secret");
  await Deno.writeTextFile(`${outside}/evil.ts`, 'self.postMessage?.("ran"); export default 1;');
  await Deno.writeTextFile(`${project}/other.txt`, "other");
  await Deno.writeTextFile(`${project}/data/a.txt`, "a");
  await Deno.symlink("../secret.txt", `${project}/link.txt`);
  return { outside, project, store: `${outside}/store` };
}

Deno.test("a stage's process is refused everything that the stage does not declare", () =>
  withFolder(async (folder) => {
    const places = await makePlaces(folder);
    let connections = 0;
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
      connections++;
      return new Response("reached");
    });
    const { port } = server.addr;
    const withParams = JSON.stringify({ ...places, port, data: "data" });
    const yaml = `stages: { s: { uses: hostile/attacks, with: ${withParams} } }\n`;
    await Deno.writeTextFile(`${places.project}/config.yaml`, yaml);
    const before = snapshotOf(folder);

    let result: TinyResult;
    try {
      result = await tinyRun(places.project, yaml, {
        stages: hostileStages,
        store: places.store,
        inProcesses: true,
      });
    } finally {
      await server.shutdown();
    }
    assert.deepEqual(result.states, { s: "ran" }, result.record.stages[0]?.message);
    const outcomes = result.record.stages[0]?.warnings ?? [];
    assert.ok(outcomes.length >= 50, `${outcomes.length} attacks were tried`);
    const refusal =
      /: (NotCapable (Requires|Deno.symlinkSync.. requires)|[A-z]*Error (Requires|Specifier not found in cache|denied|Cannot open .* no parameter))/;
    assert.deepEqual(outcomes.filter((outcome) => !refusal.test(outcome)), []);
    assert.equal(connections, 0);
    const after = snapshotOf(folder);
    for (const path of after.keys()) if (path.startsWith("store/")) after.delete(path);
    assert.deepEqual(after, before, "nothing outside the store may change");
  }));

Deno.test("a refused stage fails with what it asked for and why it does not get it", () =>
  withFolder(async (folder) => {
    const yaml = "stages: { s: { uses: hostile/one, with: { connect: 8099 } } }\n";
    const { record } = await tinyRun(folder, yaml, { stages: hostileStages, inProcesses: true });
    assert.equal(
      record.stages[0]?.message,
      'Requires net access to "127.0.0.1:8099", but a stage gets no more than it declares',
    );
  }));
