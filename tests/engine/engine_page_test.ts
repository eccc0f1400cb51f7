/** The lines on `docs/engine.md` that a stranger would copy. */

import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

Deno.test("the example on docs/engine.md learns what it says", async () => {
  const page = await Deno.readTextFile(new URL("docs/engine.md", root));
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/example.ts`;
    await Deno.writeTextFile(
      file,
      code.replace("./engine/mod.ts", new URL("engine/mod.ts", root).href),
    );
    const config = new URL("deno.json", root).pathname;
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--config", config, "--node-modules-dir=manual", "-A", "--check", file],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const [w0, w1, loss] = new TextDecoder().decode(stdout).match(
      /-?\d+(\.\d+)?(e-?\d+)?(?=[,\s\]])/g,
    )!
      .filter((text) => !/^\d$/.test(text)).map(Number);
    assert.ok(Math.abs(w0! - 2) < 1e-2 && Math.abs(w1! + 1) < 1e-2, `${w0} ${w1}`);
    assert.ok(loss! >= 0 && loss! < 1e-3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
