/** Disks that are full, limited, or read-only: real ones, where this machine may mount them. */

import assert from "node:assert/strict";
import { statfsSync } from "node:fs";
import { flipBit } from "../../support/put_result.ts";
import { repository, zoetrope } from "../../support/command_line.ts";

/** 200 clips of two frames of 64x64 bytes, about 1.6 MB, beside a few small files. */
const config = `name: disk
stages:
  clips: { uses: dataset/moving_mnist, with: { train: 198, validation: 1, test: 1, frames: 2, contextFrames: 1 } }
`;

const runInStore = ["run", "small.yaml", "--store", "disk/store"];

/** A new folder that is removed after `use`; not in `/dev`, where Deno lets no limited process read. */
async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "zoetrope-disk-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function largestFile(folder: string): string {
  const files = [...Deno.readDirSync(folder)].flatMap(({ name }) =>
    [...Deno.readDirSync(`${folder}/${name}`)].map((file) => `${folder}/${name}/${file.name}`)
  );
  const size = (path: string) => Deno.statSync(path).size;
  return files.reduce((largest, path) => size(path) > size(largest) ? path : largest);
}

async function shell(command: string, cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command("bash", { args: ["-c", command], cwd })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** A folder whose `disk` is a file system of its own of `size`. */
async function withDisk(size: string, use: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/disk`);
    await Deno.writeTextFile(`${folder}/small.yaml`, config);
    const { code, err } = await shell(`mount -t tmpfs -o size=${size} none disk`, folder);
    assert.equal(code, 0, err);
    try {
      await use(folder);
    } finally {
      const { code, err } = await shell("umount disk", folder);
      assert.equal(code, 0, err);
    }
  });
}

async function mayMount(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const { code } = await shell('d=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"', "/tmp");
  return code === 0;
}

const ignore = !(await mayMount());

Deno.test({
  name: "a full disk ends the run with 4, needed and free bytes, and leaves a valid store",
  ignore,
  fn: () =>
    withDisk("700k", async (folder) => {
      const { code, err } = await zoetrope(runInStore, folder);
      assert.equal(code, 4, err);
      const [, path, needed, free] =
        /Cannot write "(.*)" \((\d+) bytes needed, (\d+) bytes free\): the disk must have room, but it is full/
          .exec(err) ?? [];
      assert.ok(path?.startsWith(`${folder}/disk/store/objects/`), err);
      const { bavail, bsize } = statfsSync(`${folder}/disk`);
      assert.ok(Number(needed) > bavail * bsize, err);
      assert.ok(Math.abs(Number(free) - bavail * bsize) <= 64 * 1024, `${free}, ${bavail * bsize}`);
      assert.deepEqual([...Deno.readDirSync(`${folder}/disk/store/tmp`)], []);
      assert.equal((await zoetrope(["verify", "--store", "disk/store"], folder)).code, 0);

      assert.equal((await shell("mount -o remount,size=20m disk", folder)).code, 0);
      const again = await zoetrope(runInStore, folder);
      assert.equal(again.code, 0, again.err);
      assert.equal((await zoetrope(["verify", "--store", "disk/store"], folder)).code, 0);
    }),
});

Deno.test({
  name:
    "a store on a read-only disk serves its hits, and ends with 4 when something must be computed",
  ignore,
  fn: () =>
    withDisk("20m", async (folder) => {
      assert.equal((await zoetrope(runInStore, folder)).code, 0);
      assert.equal((await shell("mount -o remount,ro disk", folder)).code, 0);
      const cached = await zoetrope(runInStore, folder);
      assert.equal(cached.code, 0, cached.err);
      assert.match(cached.out, /1 cached/);
      assert.equal((await zoetrope(["verify", "--store", "disk/store"], folder)).code, 0);
      const stat = await zoetrope(["cache", "stat", "--store", "disk/store"], folder);
      assert.equal(stat.code, 0, stat.err);
      const dry = await zoetrope(["gc", "--dry-run", "--store", "disk/store"], folder);
      assert.equal(dry.code, 0, dry.err);

      const other = await zoetrope([...runInStore, "--set", "seed=9"], folder);
      assert.equal(other.code, 4, other.err);
      assert.match(other.err, /its file system is read-only/);
      // A damaged result cannot be put aside and not be computed again; nobody takes it for good.
      assert.equal((await shell("mount -o remount,rw disk", folder)).code, 0);
      flipBit(largestFile(`${folder}/disk/store/objects`));
      assert.equal((await shell("mount -o remount,ro disk", folder)).code, 0);
      const damaged = await zoetrope(runInStore, folder);
      assert.equal(damaged.code, 4, damaged.err);
      const verified = await zoetrope(["verify", "--store", "disk/store"], folder);
      assert.equal(verified.code, 4, verified.err);
      assert.match(verified.out, /of stage "clips", output "train"/);
      assert.match(verified.out, /it stays where it is: .*read-only/);
      const collected = await zoetrope(["gc", "--store", "disk/store"], folder);
      assert.equal(collected.code, 4, collected.err);
    }),
});

Deno.test({
  name: "under ulimit -f a file that is too large ends the run with 4, and leaves a valid store",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/small.yaml`, config);
      const run = (limit: string) => {
        // Deno's own cache of code must not meet the limit.
        const deno = `${Deno.execPath()} run --no-code-cache --no-check --cached-only ` +
          `--node-modules-dir=manual -A ${repository}/main.ts ${runInStore.join(" ")}`;
        return shell(`${limit}; exec ${deno}`, folder);
      };
      // In blocks of 1 KiB.
      const { code, err } = await run("ulimit -f 600");
      assert.equal(code, 4, err);
      assert.match(
        err,
        /Cannot write ".*disk\/store\/objects\/.*" \(\d+ bytes needed, \d+ bytes free\): /,
      );
      assert.match(err, /the file is larger than the limit of this process or file system/);
      assert.deepEqual([...Deno.readDirSync(`${folder}/disk/store/tmp`)], []);
      assert.equal((await zoetrope(["verify", "--store", "disk/store"], folder)).code, 0);
      const again = await run("true");
      assert.equal(again.code, 0, again.err);
    }),
});
