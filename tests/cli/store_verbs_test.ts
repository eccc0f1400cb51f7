import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { fillStore } from "../support/fill_store.ts";
import { age, flipBit } from "../support/put_result.ts";
import { withFolder } from "../support/tiny_run.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import type { Action } from "../../pipelines/store/store.ts";
import { verifyVerb } from "../../cli/verify.ts";
import { formatBytes, parseBytes } from "../../cli/format_bytes.ts";

const yaml = `name: small
stages:
  numbers: { uses: tiny/numbers, with: { count: 3 } }
  scaled: { uses: tiny/scale, inputs: { curve: numbers.curve } }
`;

/** A folder with a config whose results are in `.zoetrope`, unused for a day. */
async function withResults(
  use: (folder: string, actions: Readonly<Record<string, Action>>) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
    await fillStore(folder);
    const actions = await openLocalStore(`${folder}/.zoetrope`).listActions();
    for (const kind of ["objects", "actions", "notes"]) ageAll(`${folder}/.zoetrope/${kind}`);
    await use(folder, Object.fromEntries(actions.map((action) => [action.stage, action])));
  });
}

function ageAll(folder: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) ageAll(`${folder}/${name}`);
    else age(`${folder}/${name}`, 86_400);
  }
}

/** Writes the record of a run of these results. */
async function writeRun(folder: string, actions: readonly (Action | undefined)[]) {
  await Deno.mkdir(`${folder}/runs/1`, { recursive: true });
  const stages = actions.flatMap((action) =>
    action === undefined ? [] : [{
      name: action.stage,
      uses: "tiny/x",
      key: action.key,
      state: "ran",
      seconds: 1,
      computeSeconds: 1,
      outputs: action.outputs,
      inputs: {},
      params: {},
      warnings: [],
    }]
  );
  const record = { format: 1, name: "small", status: "succeeded", seconds: 1, seed: 0, config: "" };
  const rest = { scores: [], charts: [], media: [], previews: [], provenance: {} };
  await Deno.writeTextFile(
    `${folder}/runs/1/run.json`,
    JSON.stringify({ ...record, ...rest, stages }),
  );
}

function blobOf(folder: string, action: Action | undefined): string {
  const digest = Object.values(action?.outputs ?? {})[0]?.files[0]?.sha256 ?? "";
  return `${folder}/.zoetrope/objects/${digest.slice(0, 2)}/${digest.slice(2)}`;
}

Deno.test("gc tells with --dry-run what it then removes: what no run names", () =>
  withResults(async (folder, { numbers, scaled }) => {
    await writeRun(folder, [numbers]);
    const dry = await command(folder, ["gc", "--dry-run"]);
    assert.equal(dry.code, 0);
    assert.match(dry.out, /^ {2}scaled {2}[0-9a-f]{6} {2}last used .* UTC\n/);
    assert.match(
      dry.out,
      /would remove 1 result, 1 file, 1 leftover: .*KiB; .* in 1 result would be left\n$/,
    );
    const real = await command(folder, ["gc", "--json"]);
    const { removed, kept, dryRun } = JSON.parse(real.out);
    assert.deepEqual([dryRun, kept.results, removed.results[0].stage], [false, 1, "scaled"]);
    assert.match((await command(folder, ["gc"])).out, /^removed nothing: 0 B; /);
    const store = openLocalStore(`${folder}/.zoetrope`);
    const states = [numbers, scaled].map(async (action) =>
      (await store.lookup(action?.key ?? "", { stage: "" })).state
    );
    assert.deepEqual(await Promise.all(states), ["hit", "miss"]);
  }));

Deno.test("gc takes limits, and refuses those that are none", () =>
  withResults(async (folder) => {
    assert.match((await command(folder, ["gc", "--max-size", "0B"])).out, /removed 2 results/);
    for (const wrong of [["--max-size", "20"], ["--max-age", "soon"], ["--grace", "-1h"]]) {
      const { code, err } = await command(folder, ["gc", ...wrong]);
      assert.equal(code, 2, err);
      assert.match(err, /It must be a (size|time) such as|is invalid|argument missing/);
    }
    const { code, err } = await command(folder, ["gc", "--forget", "nowhere"]);
    assert.equal(code, 2);
    assert.match(err, /Cannot forget root ".*nowhere": the store does not know it/);
  }));

Deno.test("gc ends with 5 while another process collects, and with 4 where no store can be", () =>
  withResults(async (folder) => {
    const lease = await openLocalStore(`${folder}/.zoetrope`).tryLease("gc");
    assert.ok("release" in lease);
    const { code, err } = await command(folder, ["gc"]);
    lease.release();
    assert.equal(code, 5);
    assert.match(err, /^Cannot collect garbage: process \d+ on \S+ does, since /);
    for (const verb of [["gc"], ["verify"], ["cache", "stat"]]) {
      const { code, err } = await command(folder, [...verb, "--store", "config.yaml"]);
      assert.equal(code, 4, `${verb}: ${err}`);
      assert.match(err, /the store must be a folder/);
    }
  }));

Deno.test("no verb takes a folder with other things in it for a store", () =>
  withResults(async (folder) => {
    for (const name of ["trash", "tmp"]) {
      await Deno.mkdir(`${folder}/${name}`);
      await Deno.writeTextFile(`${folder}/${name}/mine`, "mine");
      age(`${folder}/${name}/mine`, 90 * 86_400);
    }
    for (
      const words of [["gc"], ["gc", "--dry-run"], ["verify"], ["cache", "stat"], [
        "cache",
        "unlock",
      ]]
    ) {
      const { code, err } = await command(folder, [...words, "--store", "."]);
      assert.equal(code, 4, `${words}: ${err}`);
      assert.match(err, /it must be new, empty or a store, but ".*" is in it/);
    }
    const store = openLocalStore(folder);
    await assert.rejects(async () => await store.putBlob(Uint8Array.of(1)), /must be new, empty/);
    assert.equal(await Deno.readTextFile(`${folder}/trash/mine`), "mine");
    assert.equal(await Deno.readTextFile(`${folder}/tmp/mine`), "mine");
  }));

Deno.test("verify ends with 0, or with 4 and the name of what is damaged", () =>
  withResults(async (folder, { numbers }) => {
    const good = await command(folder, ["verify"]);
    assert.deepEqual([good.code, /^ok {2}2 results, 2 files, /.test(good.out)], [0, true]);
    flipBit(blobOf(folder, numbers));
    const bad = await command(folder, ["verify"]);
    assert.equal(bad.code, 4);
    assert.match(
      bad.out,
      /^damaged {2}objects\/.*: the bytes must have digest .*\n {2}of stage "numbers", output "curve", file "/,
    );
    const { code, out } = await command(folder, ["verify", "--json"]);
    assert.deepEqual([code, JSON.parse(out).damages, JSON.parse(out).results], [0, [], 1]);
  }));

Deno.test("verify shows on a terminal how far it is, and leaves nothing of that", () =>
  withResults((folder) => {
    let out = "";
    const terminal = {
      out: (text: string) => void (out += text),
      err: () => assert.fail("nothing is wrong"),
      isInteractive: true,
      hasColor: false,
      errHasColor: false,
      columns: 80,
      rows: 24,
    };
    const loadStages = () => Promise.resolve({});
    assert.equal(
      verifyVerb({ store: ".zoetrope", json: false }, { terminal, folder, loadStages }),
      0,
    );
    const lines = out.split("\r\u001b[K");
    assert.match(lines[1] ?? "", /^verifying \d+ B of \d+ B$/);
    assert.match(lines.at(-1) ?? "", /^ok {2}2 results, 2 files, \d+ B\n$/);
    return Promise.resolve();
  }));

Deno.test("cache stat counts what there is; cache unlock removes a lease by the beginning of its key", () =>
  withResults(async (folder, { numbers, scaled }) => {
    const store = openLocalStore(`${folder}/.zoetrope`);
    await writeRun(folder, [numbers]);
    const held = await store.tryLease(scaled?.key ?? "");
    assert.ok("release" in held);
    const { out } = await command(folder, ["cache", "stat"]);
    assert.match(out, / {2}curves +2 {2}/);
    assert.match(out, / {2}being computed +1 {2}/);
    assert.match(out, /lease [0-9a-f]{6}: process \d+ on /);
    const json = JSON.parse((await command(folder, ["cache", "stat", "--json"])).out);
    assert.equal(json.kinds.curves.count, 2);

    const stays = await command(folder, ["cache", "unlock"]);
    assert.match(stays.out, /^[0-9a-f]{12} {2}stays {2}held by process \d+ on /);
    const removed = await command(folder, ["cache", "unlock", scaled?.key.slice(0, 8) ?? ""]);
    assert.match(removed.out, / {2}removed {2}/);
    const other = await store.tryLease(scaled?.key ?? "");
    assert.ok("release" in other);
    other.release();
    held.release();
    assert.equal((await command(folder, ["cache", "unlock"])).out, "there is no lease\n");
    assert.equal((await command(folder, ["cache", "unlock", "zz"])).code, 2);
    assert.equal((await command(folder, ["cache"])).code, 2);
  }));

Deno.test("export writes the result of a config, of a run in both spellings, and of a digest: the same bytes", () =>
  withResults(async (folder, { numbers, scaled }) => {
    await writeRun(folder, [numbers, scaled]);
    const digest = scaled?.outputs["curve"]?.digest ?? "";
    const written = [];
    for (
      const [index, words] of [
        ["config.yaml", "scaled.curve"],
        ["runs/1", "scaled.curve"],
        ["runs/1/scaled.curve"],
        [digest.slice(0, 8)],
      ].entries()
    ) {
      const { code, out, err } = await command(folder, [
        "export",
        ...words,
        `out/${index}`,
        "--json",
      ]);
      assert.equal(code, 0, err);
      assert.equal(JSON.parse(out).digest, digest);
      const [file, ...others] = JSON.parse(out).files;
      assert.deepEqual(others, []);
      written.push(await Deno.readTextFile(`${folder}/out/${index}/${file.path}`));
    }
    assert.equal(new Set(written).size, 1);
    assert.equal(written[0], await Deno.readTextFile(blobOf(folder, scaled)));
    const text = await command(folder, ["export", "runs/1", "scaled.curve", "out/text"]);
    assert.match(text.out, /^scaled\.curve {2}curves {2}1 file, .* -> {2}out\/text\n$/);
  }));

Deno.test("export refuses what it cannot find, and folders that are not for it", () =>
  withResults(async (folder, { numbers }) => {
    await writeRun(folder, [numbers]);
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["config.yaml", "scald.curve", "out"], /has no such output\. Did you mean "scaled\.curve"/],
      [["runs/1", "scaled.curve", "out"], /"runs\/1" has no such output/],
      [["runs/2/scaled.curve", "out"], /it must be <config> <stage>\.<output>/],
      [["runs/1"], /it must be <config or run> <stage>\.<output> <folder>/],
      [["123456", "out"], /the store has no artifact with this digest/],
      [["config.yaml", "scaled.curve", "."], /it holds the project or the store/],
      [["config.yaml", "scaled.curve", ".."], /it holds the project or the store/],
      [["config.yaml", "scaled.curve", ".zoetrope/new"], /it is in the store/],
      [["config.yaml", "scaled.curve", "runs"], /it has "1" in it; --replace/],
      [
        ["--set", "seed=9", "config.yaml", "scaled.curve", "out"],
        /it is not computed; run "config/,
      ],
    ];
    for (const [words, expected] of cases) {
      const { code, err } = await command(folder, ["export", ...words]);
      assert.equal(code, 2, `${words}: ${err}`);
      assert.match(err, expected);
    }
    flipBit(blobOf(folder, numbers));
    const damaged = await command(folder, ["export", "runs/1/numbers.curve", "out"]);
    assert.equal(damaged.code, 4);
    assert.match(damaged.err, /its digest must be /);
  }));

Deno.test("formatBytes() and parseBytes() agree on units of 1024", () => {
  for (
    const [bytes, text] of [
      [0, "0 B"],
      [999, "999 B"],
      [1000, "0.977 KiB"],
      [1536, "1.5 KiB"],
      [20 * 2 ** 30, "20 GiB"],
      [3 * 2 ** 50, "3070 TiB"],
    ] as const
  ) {
    assert.equal(formatBytes(bytes), text);
  }
  assert.equal(parseBytes("1.5KiB"), 1536);
  assert.equal(parseBytes("20 GiB"), 20 * 2 ** 30);
  for (const wrong of ["20", "20GB", "-1B", "1e3B", ""]) assert.equal(parseBytes(wrong), undefined);
});
