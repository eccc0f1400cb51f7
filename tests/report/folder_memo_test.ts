import assert from "node:assert/strict";
import { folderMemo } from "../../report/folder_memo.ts";

const KEY = "0123456789abcdef".repeat(4);

Deno.test("folderMemo() reads what was written, from a folder that it makes", async () => {
  const root = await Deno.makeTempDir();
  try {
    const memo = folderMemo(`${root}/a/b`);
    assert.equal(await memo.read(KEY), undefined);
    await memo.write(KEY, "<svg>é</svg>");
    assert.equal(await memo.read(KEY), "<svg>é</svg>");
    assert.equal(await folderMemo(`${root}/a/b`).read(KEY), "<svg>é</svg>");
    const names = [...Deno.readDirSync(`${root}/a/b`)].map(({ name }) => name);
    assert.deepEqual(names, [`${KEY}.svg.html`]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("folderMemo() keeps many writers of one drawing apart", async () => {
  const root = await Deno.makeTempDir();
  try {
    const memo = folderMemo(root);
    await Promise.all(Array.from({ length: 20 }, () => memo.write(KEY, "x".repeat(10_000))));
    assert.equal((await memo.read(KEY))?.length, 10_000);
    assert.equal([...Deno.readDirSync(root)].length, 1);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("folderMemo() refuses a key that could leave its folder", async () => {
  await assert.rejects(folderMemo("/nowhere").read("../secret"), /must be 64 hex digits/);
});
