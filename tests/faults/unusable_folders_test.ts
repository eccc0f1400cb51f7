/** Disks that are full, folders that may not be written, and clocks that were set back. */

import assert from "node:assert/strict";
import { verifyStore } from "../../pipelines/store/verify_store.ts";
import { withMemoryDisk } from "../support/memory_disk.ts";
import { runConfig, tinyRun, withFolder } from "../support/tiny_run.ts";

const yaml = `seed: 5
stages:
  one: { uses: tiny/count, with: { to: 3, stepMs: 0, size: 100000 } }
  two: { uses: tiny/count, with: { to: 3, stepMs: 0, size: 300000 }, inputs: { after: one.weights } }
`;

async function expectedDigests(): Promise<Readonly<Record<string, string>>> {
  return await withFolder(async (folder) => (await tinyRun(folder, yaml)).digests);
}

Deno.test("a full disk ends a run with the path and the room needed, and the store stays whole", () =>
  withMemoryDisk(3_000_000, async (disk, isMounted) => {
    // Without a disk of our own there is none to fill; the limit of file sizes below needs none.
    if (!isMounted) return;
    await withFolder(async (folder) => {
      const store = `${disk}/store`;
      await assert.rejects(tinyRun(folder, yaml, { store }), (error) => {
        assert.ok(error instanceof Error && error.name === "StoreError", String(error));
        assert.match(
          error.message,
          /Cannot write ".*store\/.*" \(\d+ bytes needed, \d+ bytes free\): .* full/,
        );
        return true;
      });
      assert.deepEqual(verifyStore(store).damages, []);
      const left = [...Deno.readDirSync(`${store}/tmp`)].map(({ name }) => name);
      assert.deepEqual(
        left.filter((name) => !name.endsWith(".json")),
        [],
        "no unfinished file may stay",
      );
    });
  }));

Deno.test("a limit of file sizes ends a run with a store error; without it the run goes on", () =>
  withFolder(async (folder) => {
    const digests = await expectedDigests();
    const program = new URL("./run_tiny.ts", import.meta.url).pathname;
    const flags = "run -A --quiet --no-check --node-modules-dir=manual";
    const run = async (place: string, limit: string) => {
      await Deno.mkdir(place);
      await Deno.writeTextFile(`${place}/config.yaml`, yaml);
      const { code, stderr } = await new Deno.Command("bash", {
        args: [
          ...["-c", `ulimit -f ${limit}; exec "$0" ${flags} "$1" "$2"`],
          ...[Deno.execPath(), program, place],
        ],
        stdout: "null",
        stderr: "piped",
      }).output();
      return { code, said: new TextDecoder().decode(stderr) };
    };
    // Deno writes caches of its own, larger than the limit, when it meets a module for the first time.
    for (const warm of ["a", "b"]) {
      assert.equal((await run(`${folder}/${warm}`, "unlimited")).code, 0);
    }
    // In blocks of 1024 bytes: room for the weights of the first stage and not of the second.
    const limited = `${folder}/limited`;
    const { code, said } = await run(limited, "600");
    assert.notEqual(code, 0);
    assert.match(said, /StoreError: Cannot write .* the file is larger than the limit/);
    assert.deepEqual(verifyStore(`${limited}/store`).damages, []);
    const { states, ...finished } = await runConfig(limited);
    assert.deepEqual(finished.digests, digests);
    assert.deepEqual(states, { one: "cached", two: "ran" });
  }));

/** Whether this process may write where the bits forbid it. */
async function isAboveBits(): Promise<boolean> {
  return await withFolder(async (folder) => {
    await Deno.chmod(folder, 0o555);
    try {
      await Deno.writeTextFile(`${folder}/x`, "");
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) return false;
      throw error;
    } finally {
      await Deno.chmod(folder, 0o755);
    }
  });
}

/** Runs `use` while nobody may write below a folder: by its bits, or by mounting it read-only for root. */
async function whileReadOnly(folder: string, use: () => Promise<void>): Promise<boolean> {
  const tool = async (name: string, ...args: string[]) =>
    (await new Deno.Command(name, { args, stderr: "null" }).output()).success;
  const isMounted = await isAboveBits() && await tool("mount", "--bind", folder, folder) &&
    await tool("mount", "-o", "remount,ro,bind", folder);
  if (!isMounted && await isAboveBits()) return false;
  if (!isMounted) await tool("chmod", "-R", "a-w", folder);
  try {
    await use();
  } finally {
    if (isMounted) await tool("umount", "-l", folder);
    else await tool("chmod", "-R", "u+w", folder);
  }
  return true;
}

Deno.test("a read-only store serves what it has, and a stage that must run is a store error", () =>
  withFolder(async (folder) => {
    const { digests } = await tinyRun(folder, yaml);
    await whileReadOnly(`${folder}/store`, async () => {
      const cached = await runConfig(folder);
      assert.deepEqual(cached.states, { one: "cached", two: "cached" });
      assert.deepEqual(cached.digests, digests);
      const changed = runConfig(folder, { set: ["one.with.to=4"] });
      await assert.rejects(changed, { name: "StoreError", message: /writable/ });
    });
  }));

Deno.test("a read-only project runs with a store elsewhere", () =>
  withFolder(async (outer) => {
    const project = `${outer}/project`;
    await Deno.mkdir(project);
    await Deno.writeTextFile(`${project}/config.yaml`, yaml);
    await whileReadOnly(project, async () => {
      const { states } = await runConfig(project, { store: `${outer}/store`, inProcesses: true });
      assert.deepEqual(states, { one: "ran", two: "ran" });
    });
  }));

Deno.test("files from the future are neither waited for nor believed", () =>
  withFolder(async (folder) => {
    const { digests, record } = await tinyRun(folder, yaml);
    const future = new Date(Date.now() + 30 * 86_400_000);
    const all = (path: string): string[] =>
      [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
        isDirectory ? all(`${path}/${name}`) : [`${path}/${name}`]
      );
    for (const path of all(`${folder}/store`)) await Deno.utime(path, future, future);
    const cached = await runConfig(folder);
    assert.deepEqual(cached.states, { one: "cached", two: "cached" });
    // A change of the same size, at the same time: only the content tells.
    const blob = all(`${folder}/store/objects`)[0] ?? "";
    const bytes = await Deno.readFile(blob);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await Deno.chmod(blob, 0o644);
    await Deno.writeFile(blob, bytes);
    await Deno.utime(blob, future, future);
    const mended = await runConfig(folder);
    assert.ok(mended.events.some(({ kind }) => kind === "artifact-damaged"));
    assert.deepEqual(mended.digests, digests);
    assert.equal(record.status, "succeeded");
  }));
