import assert from "node:assert/strict";
import { killsIn, saysLackOfMemory } from "../../../../pipelines/run/executors/lack_of_memory.ts";
import { hasGroups, signalGroup } from "../../../../pipelines/run/executors/process_group.ts";

Deno.test(
  "signalGroup() ends a process with all that it started",
  { ignore: !hasGroups },
  async () => {
    const child = new Deno.Command("sh", {
      // The first is still there when the shell has ended.
      args: ["-c", "sleep 60 & sleep 60 & echo $!; wait"],
      stdout: "piped",
      detached: true,
    }).spawn();
    const reader = child.stdout.getReader();
    const inner = Number(new TextDecoder().decode((await reader.read()).value));
    assert.ok(await isRunning(inner));
    signalGroup(child.pid, "SIGKILL");
    assert.equal((await child.status).signal, "SIGKILL");
    // The pipe closes only when nobody has it any more.
    assert.equal((await reader.read()).done, true);
    assert.ok(!await isRunning(inner));
    signalGroup(child.pid, "SIGKILL");
  },
);

async function isRunning(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  const state = new TextDecoder().decode(stdout).trim();
  return state !== "" && !state.startsWith("Z");
}

Deno.test("saysLackOfMemory() knows V8, C++ and the system, and nothing else", () => {
  assert.ok(saysLackOfMemory("# Fatal JavaScript out of memory: Reached heap limit"));
  assert.ok(saysLackOfMemory("terminate called after throwing an instance of 'std::bad_alloc'"));
  assert.ok(saysLackOfMemory("fork: Cannot allocate memory"));
  assert.ok(!saysLackOfMemory("step 3: memory 12 GiB"));
});

Deno.test("killsIn() reads what Linux counts", () => {
  assert.equal(killsIn("nr_free_pages 7\noom_kill 3\nthp_fault_alloc 9\n"), 3);
  assert.equal(killsIn("oom_kill_disable 0\n"), 0);
});
