import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { withFolder } from "../support/tiny_run.ts";

Deno.test("runProgram() without a verb, or with a wrong one, is a usage error", async () => {
  for (const args of [[], ["paln"], ["plan"], ["plan", "a", "b"], ["plan", "x.yaml", "--bogus"]]) {
    const { code, out, err } = await command("/", args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(out, "");
    assert.notEqual(err, "");
  }
});

Deno.test("runProgram() suggests the verb or option that was meant", async () => {
  assert.match((await command("/", ["paln"])).err, /Did you mean plan\?/);
  assert.match((await command("/", ["plan", "x", "--jsn"])).err, /Did you mean --json\?/);
});

Deno.test("runProgram() checks the values of options", async () => {
  const wrong = [["--engine", "gpu"], ["--threads", "-1"], ["--threads", "x"], [
    "--threads",
    "1.5",
  ]];
  for (const option of wrong) {
    assert.equal((await command("/", ["plan", "x.yaml", ...option])).code, 2, option.join(" "));
  }
});

Deno.test("runProgram() prints help and version to standard output, and succeeds", async (t) => {
  const help = await command("/", ["--help"]);
  assert.deepEqual([help.code, help.err], [0, ""]);
  await t.assertSnapshot(help.out);
  assert.match((await command("/", ["run", "--help"])).out, /--keep-going/);
  assert.match((await command("/", ["--version"])).out, /^\d+\.\d+\.\d+\n$/);
});

Deno.test("runProgram() of a config that is not there is a diagnostic, exit code 3", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/demo.yaml`, "");
    for (const verb of ["plan", "check", "why", "run"]) {
      const { code, out, err } = await command(folder, [verb, "dmeo.yaml"]);
      assert.equal(code, 3, verb);
      assert.equal(out, "");
      assert.equal(
        err,
        'dmeo.yaml:1:1 Cannot read config "dmeo.yaml": there is no such file\n' +
          '  Did you mean "demo.yaml"?\n1 problem in the config\n',
      );
    }
  });
});

Deno.test("runProgram() with --json prints diagnostics as one JSON document", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/demo.yaml`, "stages:\n  a: { uses: tiny/number }\n");
    for (const verb of ["plan", "why", "run"]) {
      const { code, out, err } = await command(folder, [verb, "demo.yaml", "--json"]);
      assert.equal(code, 3);
      const [diagnostic] = JSON.parse(out).diagnostics;
      assert.deepEqual([diagnostic.file, diagnostic.line, diagnostic.column], ["demo.yaml", 2, 14]);
      assert.match(err, /^demo.yaml:2:14 /);
    }
  });
});

Deno.test("runProgram() paints diagnostics only where colours are welcome", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/demo.yaml`, "stages:\n  a: { uses: \u001b[31mx }\n");
    const plain = await command(folder, ["check", "demo.yaml"]);
    assert(!plain.err.includes("\u001b"));
    const painted = await command(folder, ["check", "demo.yaml"], { hasColor: true });
    assert(painted.err.includes("\u001b[31m"));
  });
});

Deno.test("main.ts ends with the exit code of its verb", async () => {
  const root = new URL("../../", import.meta.url).pathname;
  const run = async (...args: string[]) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-read", "--allow-env", "--allow-sys", "main.ts", ...args],
      cwd: root,
    });
    return (await child.output()).code;
  };
  // All at once: each start takes a while.
  const codes = await Promise.all([run("--version"), run("bogus"), run("check", "no/such.yaml")]);
  assert.deepEqual(codes, [0, 2, 3]);
});
