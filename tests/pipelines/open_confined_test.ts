import assert from "node:assert/strict";
import { openConfined } from "../../pipelines/open_confined.ts";
import { withFolder } from "../support/tiny_run.ts";

Deno.test("openConfined() reads files inside the project and no others", () =>
  withFolder(async (outer) => {
    const project = `${outer}/project`;
    await Deno.mkdir(`${project}/configs`, { recursive: true });
    await Deno.writeTextFile(`${outer}/secret.txt`, "secret");
    await Deno.writeTextFile(`${project}/data.txt`, "data");
    await Deno.symlink(`${outer}/secret.txt`, `${project}/link.txt`);
    await Deno.symlink(outer, `${project}/up`);
    await Deno.symlink(`${project}/data.txt`, `${project}/configs/inner.txt`);
    const confinement = { projectFolder: project, configFolder: `${project}/configs` };

    for (const path of ["../data.txt", "inner.txt", `${project}/data.txt`]) {
      assert.equal(new TextDecoder().decode(await openConfined(path, confinement)), "data");
    }
    const outside = [
      "../../secret.txt",
      "../link.txt",
      "../up/secret.txt",
      "../configs/../../secret.txt",
      `${outer}/secret.txt`,
      "/etc/hostname",
      "../..",
      "..",
    ];
    for (const path of outside) {
      await assert.rejects(openConfined(path, confinement), /inside the project|NotFound/, path);
    }
  }));
