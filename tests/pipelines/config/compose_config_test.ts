import assert from "node:assert/strict";
import { dirname } from "node:path";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { nodeAt, plainValue } from "../../../pipelines/config/config_node.ts";
import { ConfigError } from "../../../pipelines/config/diagnostic.ts";
import { describeOrigin } from "../../../pipelines/config/source.ts";
import { withFolder } from "../../support/tiny_run.ts";

/** Writes files and parses `main`, with the folder as the project. */
async function parse(folder: string, files: Readonly<Record<string, string>>, main = "main.yaml") {
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(`${folder}/${name}`), { recursive: true });
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  return await parseConfig(main, { folder });
}

async function complaintsAbout(files: Readonly<Record<string, string>>, main?: string) {
  return await withFolder(async (folder) => {
    try {
      await parse(folder, files, main);
      return [];
    } catch (error) {
      assert(error instanceof ConfigError, String(error));
      return error.diagnostics.map(({ file, line, column, message }) =>
        `${file}:${line}:${column} ${message}`
      );
    }
  });
}

Deno.test("composeConfig() merges maps, replaces lists, and lets later win", async () => {
  await withFolder(async (folder) => {
    const config = await parse(folder, {
      "main.yaml":
        "extends: [base/one.yaml, base/two.yaml]\nstages: {a: {with: {x: 3, m: {k: 1}}}}",
      "base/one.yaml":
        "name: one\nseed: 1\nstages: {a: {uses: s/t, with: {x: 1, l: [1, 2], m: {j: 1}}}}",
      "base/two.yaml": "seed: 2\nstages: {a: {with: {l: [9], y: 2}}, b: {uses: s/t}}",
    });
    const a = config.stages.get("a");
    assert.equal(config.name, "one");
    assert.equal(config.seed, 2);
    assert.deepEqual([...config.stages.keys()], ["a", "b"]);
    assert.deepEqual(a && plainValue(a.with), { x: 3, l: [9], m: { j: 1, k: 1 }, y: 2 });
    const origin = (path: string[]) => {
      const node = a && nodeAt(a.with, path);
      return node && describeOrigin(node.origin);
    };
    assert.equal(origin(["x"]), "main.yaml:2:24");
    assert.equal(origin(["y"]), "base/two.yaml:2:32");
    assert.equal(origin(["m", "j"]), "base/one.yaml:3:56");
  });
});

Deno.test("composeConfig() resolves a base of a base against its own file", async () => {
  await withFolder(async (folder) => {
    const config = await parse(folder, {
      "configs/main.yaml": "extends: ../shared/a.yaml\nname: main",
      "shared/a.yaml": "extends: b.yaml\nseed: 5",
      "shared/b.yaml": "stages: {s: {uses: x}}",
    }, "configs/main.yaml");
    assert.equal(config.seed, 5);
    assert.deepEqual([...config.stages.keys()], ["s"]);
  });
});

Deno.test("composeConfig() lets two files share a base", async () => {
  const files = {
    "main.yaml": "extends: [a.yaml, b.yaml]",
    "a.yaml": "extends: base.yaml",
    "b.yaml": "extends: base.yaml",
    "base.yaml": "stages: {s: {uses: x}}",
  };
  assert.deepEqual(await complaintsAbout(files), []);
});

Deno.test("composeConfig() names the files of a circle", async () => {
  const found = await complaintsAbout({
    "main.yaml": "extends: a.yaml",
    "a.yaml": "extends: b.yaml",
    "b.yaml": "extends:\n  - a.yaml",
  });
  assert.deepEqual(found, [
    "b.yaml:2:5 Configs extend each other in a circle: a.yaml -> b.yaml -> a.yaml",
  ]);
});

Deno.test("composeConfig() says at the place of the name that a file is missing", async () => {
  const found = await complaintsAbout({ "main.yaml": "extends: bsae.yaml", "base.yaml": "" });
  assert.deepEqual(found, [
    'main.yaml:1:10 Cannot read config "bsae.yaml": there is no such file',
  ]);
  assert.deepEqual(await complaintsAbout({}, "nope.yaml"), [
    'nope.yaml:1:1 Cannot read config "nope.yaml": there is no such file',
  ]);
  assert.deepEqual(await complaintsAbout({ "x/y.yaml": "" }, "x"), [
    'x:1:1 Cannot read config "x": it must be a file, but is a folder',
  ]);
});

Deno.test("composeConfig() points into the file that is wrong", async () => {
  const found = await complaintsAbout({
    "main.yaml": "extends: base.yaml\nstages: {a: {uses: 3}}",
    "base.yaml": "sede: 1\n",
  });
  assert.deepEqual(found, [
    'base.yaml:1:1 Unknown key "sede" in a config',
    'main.yaml:2:20 "uses" of stage "a" must be text, but is 3',
  ]);
});

Deno.test("composeConfig() opens nothing outside the project folder", async () => {
  await withFolder(async (outside) => {
    await Deno.writeTextFile(`${outside}/secret.yaml`, "stages: {s: {uses: x}}");
    const relative = `../${outside.split("/").at(-1)}/secret.yaml`;
    const [found] = await complaintsAbout({ "main.yaml": `extends: ${relative}` });
    assert.match(
      found ?? "",
      /main.yaml:1:10 Cannot extend ".*": it must lie inside the project folder/,
    );
    const [absolute] = await complaintsAbout({ "main.yaml": `extends: ${outside}/secret.yaml` });
    assert.match(absolute ?? "", /the path must be relative/);
    await withFolder(async (folder) => {
      await Deno.symlink(`${outside}/secret.yaml`, `${folder}/link.yaml`);
      await assert.rejects(
        parse(folder, { "main.yaml": "extends: link.yaml" }),
        /inside the project/,
      );
    });
  });
});

Deno.test("composeConfig() refuses names that no file of the project can have", async () => {
  const names = [
    '"a\\0b"',
    "'a\\b'",
    '""',
    "3",
    "{a: b}",
    "x".repeat(5000),
    "main.yaml/x",
    "../../../../etc/passwd",
  ];
  for (const name of names) {
    const found = await complaintsAbout({ "main.yaml": `extends: [${name}]` });
    assert.equal(found.length, 1, name);
    assert.match(found[0] ?? "", /^main.yaml:1:11 /, name);
  }
});

Deno.test("composeConfig() refuses text that is not UTF-8", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/main.yaml`, new Uint8Array([0x61, 0xff, 0xfe]));
    await assert.rejects(parse(folder, {}), /it must be UTF-8 text/);
  });
});

Deno.test("composeConfig() reads at most 32 files", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`f${i}.yaml`, `extends: f${i + 1}.yaml`]),
  );
  const found = await complaintsAbout(files, "f0.yaml");
  assert.deepEqual(found, ["f31.yaml:1:10 A config may be composed of at most 32 files"]);
});

Deno.test("parseConfig() of a config outside the current folder takes its own folder as project", async () => {
  await withFolder(async (folder) => {
    await withFolder(async (elsewhere) => {
      await Deno.writeTextFile(`${elsewhere}/main.yaml`, "extends: base.yaml");
      await Deno.writeTextFile(`${elsewhere}/base.yaml`, "stages: {s: {uses: x}}");
      const config = await parseConfig(`${elsewhere}/main.yaml`, { folder });
      assert.equal(config.projectFolder, await Deno.realPath(elsewhere));
      assert.equal(config.name, "main");
    });
  });
});
