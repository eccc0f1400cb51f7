import assert from "node:assert/strict";
import { openConfined } from "../../../pipelines/run/open_confined.ts";
import { withFolder } from "../../support/tiny_run.ts";

Deno.test("openConfined() reads what a parameter names and nothing else", () =>
  withFolder(async (folder) => {
    const outer = await Deno.realPath(folder);
    const project = `${outer}/project`;
    await Deno.mkdir(`${project}/configs`, { recursive: true });
    await Deno.writeTextFile(`${outer}/secret.txt`, "secret");
    await Deno.writeTextFile(`${project}/data.txt`, "data");
    await Deno.writeTextFile(`${project}/other.txt`, "other");
    const files = [{ written: "../data.txt", absolute: `${project}/data.txt` }];
    const confinement = { projectFolder: project, files };

    const bytes = await openConfined("../data.txt", confinement);
    assert.equal(new TextDecoder().decode(bytes), "data");
    const unnamed = [
      "data.txt",
      "../other.txt",
      "../../secret.txt",
      `${project}/data.txt`,
      `${outer}/secret.txt`,
      "/etc/hostname",
      "..",
      "",
    ];
    for (const path of unnamed) {
      await assert.rejects(openConfined(path, confinement), /no parameter .* names it/, path);
    }
  }));

Deno.test("openConfined() refuses a link that took the file's place since the plan was made", () =>
  withFolder(async (folder) => {
    const outer = await Deno.realPath(folder);
    const project = `${outer}/project`;
    await Deno.mkdir(project);
    await Deno.writeTextFile(`${outer}/secret.txt`, "secret");
    const files = [{ written: "data.txt", absolute: `${project}/data.txt` }];
    for (const target of ["../secret.txt", `${outer}/secret.txt`, ".."]) {
      await Deno.symlink(target, `${project}/data.txt`);
      await assert.rejects(
        openConfined("data.txt", { projectFolder: project, files }),
        /must be inside the project, but it leads outside/,
      );
      await Deno.remove(`${project}/data.txt`);
    }
  }));
