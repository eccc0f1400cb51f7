import assert from "node:assert/strict";
import { LeaseWatch, tryLease } from "../../../pipelines/store/lease.ts";
import { type Holder, type Lease, StoreError } from "../../../pipelines/store/store.ts";
import { withFolder } from "../../support/tiny_run.ts";

function isLease(result: Lease | Holder): result is Lease {
  return "release" in result;
}

/** A lease file with these fields over those of a good one of this host. */
async function writeLease(path: string, fields: Readonly<Record<string, unknown>>) {
  const record = {
    token: "t",
    host: Deno.hostname(),
    processes: [{ pid: Deno.pid, startedMs: performance.timeOrigin }],
    since: "2026-01-01T00:00:00.000Z",
    ...fields,
  };
  await Deno.writeTextFile(path, JSON.stringify(record));
}

async function withLease(use: (path: string, temporary: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/tmp`);
    await use(`${folder}/lease.json`, `${folder}/tmp`);
    assert.deepEqual([...Deno.readDirSync(`${folder}/tmp`)], []);
  });
}

Deno.test("tryLease() gives a lease to one only, names the holder, and gives it again after release()", () =>
  withLease(async (path, temporary) => {
    const first = await tryLease({ path, temporary });
    assert.ok(isLease(first));
    const second = await tryLease({ path, temporary });
    assert.ok(!isLease(second));
    assert.equal(second.pid, Deno.pid);
    assert.equal(second.host, Deno.hostname());
    first.release();
    const third = await tryLease({ path, temporary });
    assert.ok(isLease(third));
    third.release();
  }));

Deno.test("tryLease() of many at once gives one lease", () =>
  withLease(async (path, temporary) => {
    const results = await Promise.all(
      Array.from({ length: 20 }, () => tryLease({ path, temporary })),
    );
    assert.equal(results.filter(isLease).length, 1);
    results.filter(isLease).forEach((lease) => lease.release());
  }));

Deno.test("tryLease() takes over from a process that is gone", () =>
  withLease(async (path, temporary) => {
    const ended = new Deno.Command("true").spawn();
    await ended.status;
    await writeLease(path, { processes: [{ pid: ended.pid, startedMs: Date.now() }] });
    const lease = await tryLease({ path, temporary });
    assert.ok(isLease(lease));
    lease.release();
  }));

Deno.test("tryLease() takes over from a number that another process has got", () =>
  withLease(async (path, temporary) => {
    const other = new Deno.Command("sleep", { args: ["60"] }).spawn();
    try {
      await writeLease(path, {
        processes: [{ pid: other.pid, startedMs: Date.now() - 3_600_000 }],
      });
      const lease = await tryLease({ path, temporary });
      assert.ok(isLease(lease));
      lease.release();
    } finally {
      other.kill("SIGKILL");
      await other.status;
    }
  }));

Deno.test("a lease is held by a process whose code took long to load", () =>
  withLease(async (path, temporary) => {
    const holder = new Deno.Command("sleep", { args: ["60"] }).spawn();
    // As if it had started long before it could tell the time.
    await writeLease(path, { processes: [{ pid: holder.pid, startedMs: Date.now() + 20_000 }] });
    const result = await tryLease({ path, temporary });
    holder.kill("SIGKILL");
    await holder.status;
    assert.ok(!isLease(result));
  }));

Deno.test("a lease lives while the child that it adopted lives", () =>
  withLease(async (path, temporary) => {
    const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
    const gone = { pid: 2 ** 22 + 1, startedMs: 0 };
    await writeLease(path, { processes: [gone, { pid: child.pid, startedMs: Date.now() }] });
    assert.ok(!isLease(await tryLease({ path, temporary })));
    child.kill("SIGKILL");
    await child.status;
    const lease = await tryLease({ path, temporary });
    assert.ok(isLease(lease));
    lease.release();
  }));

Deno.test("a lease of a child that has only just started is held", () =>
  withLease(async (path, temporary) => {
    // `ps` of procps 4.0 gives every tenth newborn an age of 2^64 clock ticks.
    for (let i = 0; i < 40; i++) {
      const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
      await writeLease(path, { processes: [{ pid: child.pid, startedMs: Date.now() }] });
      const result = await tryLease({ path, temporary });
      child.kill("SIGKILL");
      await child.status;
      assert.ok(!isLease(result), `the lease was taken from child ${i}`);
    }
    await Deno.remove(path);
  }));

Deno.test("tryLease() judges another host by the age of its lease", () =>
  withLease(async (path, temporary) => {
    await writeLease(path, { host: "elsewhere", processes: [{ pid: 1, startedMs: 0 }] });
    const young = await tryLease({ path, temporary });
    assert.ok(!isLease(young) && young.host === "elsewhere");
    const old = new Date(Date.now() - 61_000);
    await Deno.utime(path, old, old);
    const lease = await tryLease({ path, temporary });
    assert.ok(isLease(lease));
    lease.release();
  }));

Deno.test("tryLease() takes over a file that is no lease once it is old", () =>
  withLease(async (path, temporary) => {
    for (const text of ["", "{", "{}"]) {
      await Deno.writeTextFile(path, text);
      assert.ok(!isLease(await tryLease({ path, temporary })));
      await Deno.utime(path, new Date(0), new Date(0));
      const lease = await tryLease({ path, temporary });
      assert.ok(isLease(lease));
      lease.release();
    }
  }));

Deno.test("release() leaves the lease of whoever took over", () =>
  withLease(async (path, temporary) => {
    const lease = await tryLease({ path, temporary });
    assert.ok(isLease(lease));
    await writeLease(path, { token: "another" });
    lease.release();
    assert.match(await Deno.readTextFile(path), /"another"/);
  }));

/** What `use` does while this machine's clock is `aheadMs` ahead of the file system's. */
async function withClock<Value>(aheadMs: number, use: () => Promise<Value>): Promise<Value> {
  const original = Date.now;
  Date.now = () => original() + aheadMs;
  try {
    return await use();
  } finally {
    Date.now = original;
  }
}

const HOUR_MS = 3_600_000;

Deno.test("tryLease() judges another host by the file server's clock, whatever this machine's says", () =>
  withLease(async (path, temporary) => {
    const elsewhere = { host: "elsewhere", processes: [{ pid: 1, startedMs: 0 }] };
    for (const aheadMs of [-24 * HOUR_MS, 24 * HOUR_MS]) {
      await writeLease(path, elsewhere);
      await withClock(aheadMs, async () => {
        assert.ok(!isLease(await tryLease({ path, temporary })), "a lease was taken too early");
        const old = new Date(new Date().getTime() - 61_000);
        await Deno.utime(path, old, old);
        const lease = await tryLease({ path, temporary });
        assert.ok(isLease(lease), "a lease was never taken over");
        lease.release();
      });
    }
  }));

Deno.test("tryLease() takes over from another host whose lease lies in the future, once nobody renews it", () =>
  withLease(async (path, temporary) => {
    const watch = new LeaseWatch();
    const take = () => tryLease({ path, temporary, watch });
    await writeLease(path, { host: "elsewhere", processes: [{ pid: 1, startedMs: 0 }] });
    const future = new Date(Date.now() + 1000 * HOUR_MS);
    await Deno.utime(path, future, future);
    const original = performance.now;
    try {
      assert.ok(!isLease(await take()));
      performance.now = () => original.call(performance) + 59_000;
      assert.ok(!isLease(await take()));
      // Renewed: the minute begins anew.
      await Deno.utime(path, future, new Date(future.getTime() + 10_000));
      assert.ok(!isLease(await take()));
      performance.now = () => original.call(performance) + 59_000 + 59_000;
      assert.ok(!isLease(await take()));
      performance.now = () => original.call(performance) + 59_000 + 61_000;
      const lease = await take();
      assert.ok(isLease(lease));
      lease.release();
    } finally {
      performance.now = original;
    }
  }));

Deno.test("tryLease() needs no hard links", () =>
  withLease(async (path, temporary) => {
    const original = Deno.linkSync;
    for (
      const error of [
        new Deno.errors.PermissionDenied("Operation not permitted (os error 1)"),
        new Deno.errors.NotSupported("Operation not supported (os error 95)"),
      ]
    ) {
      Deno.linkSync = () => {
        throw error;
      };
      try {
        const results = await Promise.all(
          Array.from({ length: 10 }, () => tryLease({ path, temporary })),
        );
        const leases = results.filter(isLease);
        assert.equal(leases.length, 1);
        const holder = await tryLease({ path, temporary });
        assert.ok(!isLease(holder) && holder.pid === Deno.pid);
        leases[0]?.release();
        const again = await tryLease({ path, temporary });
        assert.ok(isLease(again));
        again.release();
      } finally {
        Deno.linkSync = original;
      }
    }
  }));

Deno.test("tryLease() names a holder also for a file that is no lease", () =>
  withLease(async (path, temporary) => {
    await Deno.writeTextFile(path, "{");
    const holder = await tryLease({ path, temporary });
    assert.ok(!isLease(holder));
    assert.equal(holder.host, "an unknown host");
    assert.ok(Date.now() - Date.parse(holder.since) < 60_000, holder.since);
    await Deno.remove(path);
  }));

Deno.test("tryLease() that cannot read a lease is a StoreError with the path", () =>
  withLease(async (path, temporary) => {
    await Deno.mkdir(path);
    await assert.rejects(tryLease({ path, temporary }), (error) => {
      assert.ok(error instanceof StoreError, String(error));
      assert.ok(error.message.includes(path), error.message);
      return true;
    });
  }));
