import assert from "node:assert/strict";
import { indexRun, openRunIndex } from "../../cli/run_index.ts";
import { startOf } from "../../cli/runs.ts";
import type { RunRecord } from "../../pipelines/run_record.ts";
import { command } from "../support/fake_host.ts";
import { runRecord, scoreOf, sweptStage } from "../support/sweep_record.ts";
import { repository } from "../support/command_line.ts";
import { withFolder } from "../support/tiny_run.ts";

const stages = [
  sweptStage("a", undefined),
  sweptStage("b", undefined, { state: "cached" }),
  sweptStage("c", undefined, { state: "failed" }),
];

async function addRun(folder: string, name: string, record: RunRecord): Promise<void> {
  await Deno.mkdir(`${folder}/runs/${name}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/runs/${name}/run.json`, JSON.stringify(record));
}

async function withRuns(use: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await addRun(
      folder,
      "20261120-100000-one",
      runRecord(stages, { name: "one", status: "failed" }),
    );
    await addRun(
      folder,
      "20261121-100000-two",
      runRecord(stages, {
        name: "two",
        scores: [scoreOf("s@lr=1", 3), scoreOf("s@lr=2", 5), scoreOf("t", 9)],
      }),
    );
    await addRun(folder, "20261122-100000-two", runRecord([], { name: "two", seconds: 75 }));
    await use(folder);
  });
}

interface Listed {
  readonly folder: string;
  readonly [field: string]: unknown;
}

async function list(folder: string, ...args: string[]): Promise<readonly Listed[]> {
  const { code, out } = await command(folder, ["runs", "--json", ...args]);
  assert.equal(code, 0);
  return JSON.parse(out).runs;
}

const foldersOf = (rows: readonly Listed[]) => rows.map(({ folder }) => folder);
const all = ["20261122-100000-two", "20261121-100000-two", "20261120-100000-one"];

Deno.test("runs lists what there is, newest first, with counts and the main score", async () => {
  await withRuns(async (folder) => {
    const rows = await list(folder);
    assert.deepEqual(foldersOf(rows), all);
    assert.deepEqual(rows[1], {
      folder: "20261121-100000-two",
      time: "2026-11-21T10:00:00.000Z",
      name: "two",
      status: "succeeded",
      seconds: 10,
      ...{ ran: 1, cached: 1, failed: 1, skipped: 0 },
      score: { metric: "psnr", of: "samples", value: 5, unit: "dB", bestOf: 2 },
    });
    const { out } = await command(folder, ["runs"]);
    assert.match(out, /^started \(UTC\) +status +took +ran +cached +failed +score +run\n/);
    assert.match(
      out,
      /2026-11-21 10:00 +succeeded +0:10 +1 +1 +1 +psnr 5 dB \(best of 2\) +20261121-100000-two\n/,
    );
  });
});

Deno.test("runs filters by name, status, time and number", async () => {
  await withRuns(async (folder) => {
    assert.deepEqual(foldersOf(await list(folder, "--name", "tw")), all.slice(0, 2));
    assert.deepEqual(foldersOf(await list(folder, "--status", "failed")), all.slice(2));
    assert.deepEqual(foldersOf(await list(folder, "--since", "2026-11-21")), all.slice(0, 2));
    assert.deepEqual(foldersOf(await list(folder, "--limit", "1")), all.slice(0, 1));
    const wrong = await command(folder, ["runs", "--since", "yesterday"]);
    assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  });
  const now = new Date("2026-11-22T12:00:00Z");
  assert.equal(startOf("7d", now).toISOString(), "2026-11-15T12:00:00.000Z");
  assert.equal(startOf("1h30m", now).toISOString(), "2026-11-22T10:30:00.000Z");
});

Deno.test("runs follows the folders: new, changed and deleted runs", async () => {
  await withRuns(async (folder) => {
    await list(folder);
    await Deno.remove(`${folder}/runs/${all[0]}`, { recursive: true });
    await addRun(folder, "20261123-100000-new", runRecord([], { name: "new" }));
    await addRun(folder, all[1] ?? "", runRecord([], { name: "changed" }));
    const rows = await list(folder);
    assert.deepEqual(rows.map(({ name }) => name), ["new", "changed", "one"]);
  });
});

Deno.test("a lost or damaged run.json is skipped with a warning", async () => {
  await withRuns(async (folder) => {
    await list(folder);
    await Deno.remove(`${folder}/runs/${all[0]}/run.json`);
    await Deno.writeTextFile(`${folder}/runs/${all[1]}/run.json`, '{"format": 1');
    await addRun(folder, "20261124-100000-odd", { ...runRecord([]), seconds: NaN });
    const { code, out, err } = await command(folder, ["runs"]);
    assert.equal(code, 0);
    assert.match(err, /two has no run.json: the run was killed, or is not over\n/);
    assert.match(err, /20261121-100000-two is left out: .*JSON/);
    assert.match(err, /odd is left out: .*"seconds"/);
    assert.deepEqual(out.match(/\d{8}-\d{6}-\w+/g), ["20261120-100000-one"]);
  });
});

const damages: Readonly<Record<string, (file: string) => void>> = {
  "a missing file": (file) => Deno.removeSync(file),
  "an empty file": (file) => Deno.truncateSync(file, 0),
  "a file cut in the middle of a page": (file) =>
    Deno.truncateSync(file, Deno.statSync(file).size - 3000),
  "a file cut to half a header": (file) => Deno.truncateSync(file, 50),
  "garbage": (file) => Deno.writeTextFileSync(file, "not a database at all ".repeat(500)),
  "garbage in every page but the first": (file) => {
    const bytes = Deno.readFileSync(file);
    Deno.writeFileSync(file, bytes.fill(0xa5, 4096));
  },
  "an older form": (file) => {
    const bytes = Deno.readFileSync(file);
    // https://www.sqlite.org/fileformat.html: the user version is at offset 60, big-endian.
    new DataView(bytes.buffer).setUint32(60, 999);
    Deno.writeFileSync(file, bytes);
  },
};

for (const [name, damage] of Object.entries(damages)) {
  Deno.test(`runs makes its index anew from the folders: ${name}`, async () => {
    await withRuns(async (folder) => {
      const before = await list(folder);
      const file = `${folder}/runs/index.sqlite`;
      assert.ok(Deno.statSync(file).size > 4096);
      damage(file);
      assert.deepEqual(await list(folder), before);
      assert.deepEqual(await list(folder), before);
      damage(file);
      await addRun(folder, "20261125-100000-last", runRecord([], { name: "last" }));
      const warning = indexRun(
        `${folder}/runs/20261125-100000-last`,
        runRecord([], { name: "last" }),
      );
      assert.equal(warning, undefined);
      assert.deepEqual(foldersOf(await list(folder)), ["20261125-100000-last", ...all]);
    });
  });
}

Deno.test("runs --rebuild forgets what the index said", async () => {
  await withRuns(async (folder) => {
    const { database } = openRunIndex(`${folder}/runs`, false);
    const [row] = database.list({});
    assert.ok(row);
    const stamp = database.stamps().get(row.folder);
    assert.ok(stamp);
    database.put({ ...row, name: "forged" }, stamp);
    database.close();
    assert.equal((await list(folder))[0]?.["name"], "forged");
    assert.equal((await list(folder, "--rebuild"))[0]?.["name"], "two");
  });
});

Deno.test("runs works where no index can be written, and where there are no runs", async () => {
  await withRuns(async (folder) => {
    await Deno.mkdir(`${folder}/runs/index.sqlite/in the way`, { recursive: true });
    const rows = foldersOf(await list(folder));
    assert.deepEqual(rows, all);
    const warning = indexRun(`${folder}/runs/${all[0]}`, runRecord([]));
    assert.match(warning ?? "", /^The run is not in the list of runs: /);
  });
  await withFolder(async (folder) => {
    const { code, out } = await command(folder, ["runs"]);
    assert.deepEqual([code, out], [0, "No runs\n"]);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("runs needs no permission to write", async () => {
  await withRuns(async (folder) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--no-prompt", "--cached-only", "--allow-read"],
        ...[
          "--node-modules-dir=manual",
          "--allow-env",
          "--allow-sys",
          `${repository}/main.ts`,
          "runs",
        ],
      ],
      cwd: folder,
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    assert.deepEqual([code, new TextDecoder().decode(stdout).split("\n").length], [0, 5]);
    assert.equal([...Deno.readDirSync(`${folder}/runs`)].length, 3);
  });
});

Deno.test("processes that end together all get into the index", async () => {
  await withFolder(async (folder) => {
    const program = `
      import { indexRun } from "${repository}/cli/run_index.ts";
      import { runRecord } from "${repository}/tests/support/sweep_record.ts";
      for (let i = 0; i < 25; i++) {
        const folder = Deno.args[0] + "-" + i;
        Deno.mkdirSync(folder);
        const record = runRecord([], { name: "n" });
        Deno.writeTextFileSync(folder + "/run.json", JSON.stringify(record));
        const warning = indexRun(folder, record);
        if (warning !== undefined) throw new Error(warning);
      }`;
    await Deno.mkdir(`${folder}/runs`);
    await Deno.writeTextFile(`${folder}/end.ts`, program);
    const results = await Promise.all([1, 2, 3, 4].map((i) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--quiet", "--no-check", "--cached-only", "--node-modules-dir=manual"],
          ...["--config", `${repository}/deno.json`, `${folder}/end.ts`],
          `${folder}/runs/20261122-00000${i}-n`,
        ],
      }).output()
    ));
    for (const { stderr, code } of results) {
      assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
    }
    const { database } = openRunIndex(`${folder}/runs`, false);
    assert.equal(database.stamps().size, 100);
    database.close();
  });
});
