import assert from "node:assert/strict";
import { buildSchedule } from "../../diffusion/build_schedule.ts";
import { scheduleIds } from "../../diffusion/schedules/mod.ts";

Deno.test("buildSchedule() builds every schedule at any length, with noise that only grows", () => {
  for (const schedule of scheduleIds) {
    for (const timesteps of [1, 2, 3, 17, 300, 4000]) {
      const { steps, alphaBar } = buildSchedule({ schedule, timesteps, zeroTerminalSnr: false });
      assert.equal(steps, timesteps);
      for (let n = 1; n < steps; n++) {
        assert.ok(alphaBar[n]! < alphaBar[n - 1]!, `${schedule} ${n}`);
      }
    }
  }
});

Deno.test("buildSchedule() with zeroTerminalSnr ends at pure noise, and starts as it did", () => {
  for (const schedule of scheduleIds) {
    for (const timesteps of [2, 100]) {
      const [plain, rescaled] = [false, true].map((zeroTerminalSnr) =>
        buildSchedule({ schedule, timesteps, zeroTerminalSnr })
      );
      assert.equal(rescaled!.alphaBar.at(-1), 0);
      assert.equal(rescaled!.beta.at(-1), 1);
      assert.ok(Math.abs(rescaled!.alphaBar[0]! / plain!.alphaBar[0]! - 1) < 1e-12);
      const tables = [rescaled!.posteriorVariance, rescaled!.posteriorX0, rescaled!.posteriorX];
      for (const table of tables) assert.ok(table.every(Number.isFinite), schedule);
    }
  }
  assert.throws(
    () => buildSchedule({ schedule: "linear", timesteps: 1, zeroTerminalSnr: true }),
    /must have at least 2 steps, but has 1/,
  );
});

Deno.test("buildSchedule() takes a list of beta", () => {
  const schedule = [0.1, 0.2, 0.5];
  const { beta, alphaBar } = buildSchedule({ schedule, timesteps: 3, zeroTerminalSnr: false });
  assert.deepEqual([...beta], schedule);
  assert.ok(Math.abs(alphaBar[2]! - 0.9 * 0.8 * 0.5) < 1e-15);
  assert.throws(
    () => buildSchedule({ schedule, timesteps: 4, zeroTerminalSnr: false }),
    /as many entries as there are timesteps, but it has 3 for 4/,
  );
  assert.throws(
    () => buildSchedule({ schedule: [0.1, 2], timesteps: 2, zeroTerminalSnr: false }),
    /beta\[1\] must be in \(0, 1\]/,
  );
});

Deno.test("buildSchedule() refuses a number of steps that is no positive whole number", () => {
  for (const timesteps of [0, -1, 2.5, NaN]) {
    assert.throws(
      () => buildSchedule({ schedule: "cosine", timesteps, zeroTerminalSnr: false }),
      /timesteps must be a whole number >= 1/,
    );
  }
});
