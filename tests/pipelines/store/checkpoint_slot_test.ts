import assert from "node:assert/strict";
import { checkpointSlot } from "../../../pipelines/store/checkpoint_slot.ts";
import type { Checkpoint } from "../../../pipelines/stage.ts";
import { withFolder } from "../../support/tiny_run.ts";

function checkpointOf(step: number): Checkpoint {
  return {
    step,
    files: new Map([["a.bin", Uint8Array.of(step, 9)], ["b.json", new Uint8Array(3)]]),
  };
}

function slotIn(folder: string, options: { keep?: number } = {}) {
  const warnings: string[] = [];
  const slot = checkpointSlot(`${folder}/slot`, {
    temporary: `${folder}/tmp`,
    warn: (message) => warnings.push(message),
    ...options,
  });
  return { slot, warnings };
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(`${folder}/slot`)].map(({ name }) => name).sort();
}

/** Flips a byte in the middle of each file that fits. */
function damage(folder: string, pattern: RegExp): void {
  const names = namesIn(folder).filter((name) => pattern.test(name));
  assert.ok(names.length > 0, `nothing to damage: ${pattern}`);
  for (const name of names) {
    const bytes = Deno.readFileSync(`${folder}/slot/${name}`);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    Deno.writeFileSync(`${folder}/slot/${name}`, bytes);
  }
}

Deno.test("checkpointSlot() gives the newest checkpoint, whatever its step", () =>
  withFolder(async (folder) => {
    const { slot } = slotIn(folder);
    assert.equal(await slot.load(), undefined);
    for (const step of [1, 5, 5, 2]) {
      await slot.save(checkpointOf(step));
      assert.deepEqual(await slot.load(), checkpointOf(step));
    }
  }));

Deno.test("checkpointSlot() keeps the last two, and as many as it is told", () =>
  withFolder(async (folder) => {
    const { slot } = slotIn(folder);
    for (let step = 1; step <= 12; step++) await slot.save(checkpointOf(step));
    const names = namesIn(folder);
    assert.deepEqual(names.filter((name) => name.startsWith("checkpoint")), [
      "checkpoint-11.json",
      "checkpoint-12.json",
    ]);
    // Two files each beside the index.
    assert.equal(names.length, 6, `old files must be gone, but there are ${names}`);
    const more = slotIn(folder, { keep: 4 });
    for (const step of [13, 14, 15]) await more.slot.save(checkpointOf(step));
    assert.equal(namesIn(folder).length, 12);
    await slotIn(folder, { keep: 1 }).slot.save(checkpointOf(16));
    assert.equal(namesIn(folder).length, 3);
  }));

for (const what of ["a.bin", "b.json", "checkpoint-2.json"]) {
  Deno.test(`checkpointSlot() falls back to the checkpoint before when "${what}" is damaged`, () =>
    withFolder(async (folder) => {
      const { slot, warnings } = slotIn(folder);
      for (const step of [1, 2]) await slot.save(checkpointOf(step));
      damage(folder, what.startsWith("checkpoint") ? /^checkpoint-2/ : new RegExp(`^2-.*${what}$`));
      assert.deepEqual(await slot.load(), checkpointOf(1));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", /Cannot continue from "checkpoint-2.json", so an older/);
    }));
}

Deno.test("checkpointSlot() falls back when a file is gone, and has none when all are damaged", () =>
  withFolder(async (folder) => {
    const { slot, warnings } = slotIn(folder);
    for (const step of [1, 2]) await slot.save(checkpointOf(step));
    for (const name of namesIn(folder).filter((name) => /^2-.*a.bin$/.test(name))) {
      Deno.removeSync(`${folder}/slot/${name}`);
    }
    assert.deepEqual(await slot.load(), checkpointOf(1));
    damage(folder, /^1-.*a.bin$/);
    assert.equal(await slot.load(), undefined);
    assert.match(warnings.at(-1) ?? "", /the digest of "1-.*a.bin" must be .*, but it is /);
  }));

Deno.test("checkpointSlot() does not believe an index whose step was changed", () =>
  withFolder(async (folder) => {
    const { slot } = slotIn(folder);
    for (const step of [1, 2]) await slot.save(checkpointOf(step));
    const path = `${folder}/slot/checkpoint-2.json`;
    const text = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, text.replace('"step":2', '"step":3'));
    assert.notEqual(Deno.readTextFileSync(path), text);
    assert.deepEqual(await slot.load(), checkpointOf(1));
  }));

Deno.test("checkpointSlot() does not let a damaged checkpoint push the last whole one out", () =>
  withFolder(async (folder) => {
    const { slot } = slotIn(folder);
    for (const step of [1, 2]) await slot.save(checkpointOf(step));
    damage(folder, /^2-.*a.bin$/);
    assert.deepEqual(await slot.load(), checkpointOf(1));
    await slot.save(checkpointOf(3));
    damage(folder, /^3-.*a.bin$/);
    assert.deepEqual(await slotIn(folder).slot.load(), checkpointOf(1));
  }));

Deno.test("checkpointSlot() is not led astray by what a crash left behind", () =>
  withFolder(async (folder) => {
    const { slot } = slotIn(folder);
    await slot.save(checkpointOf(1));
    // Files without an index, and an index that was cut off.
    Deno.writeFileSync(`${folder}/slot/2-0123abcd-a.bin`, Uint8Array.of(1));
    Deno.writeTextFileSync(`${folder}/slot/checkpoint-2.json`, '{"files":[{"na');
    assert.deepEqual(await slot.load(), checkpointOf(1));
    await slot.save(checkpointOf(3));
    assert.deepEqual(await slot.load(), checkpointOf(3));
    assert.equal(namesIn(folder).length, 6);
  }));

Deno.test("checkpointSlot() reads a folder of version 0.1, whose only index had no number", () =>
  withFolder(async (folder) => {
    const { slot } = slotIn(folder);
    await slot.save(checkpointOf(1));
    const index = JSON.parse(Deno.readTextFileSync(`${folder}/slot/checkpoint-1.json`));
    delete index.sha256;
    Deno.removeSync(`${folder}/slot/checkpoint-1.json`);
    Deno.writeTextFileSync(`${folder}/slot/checkpoint.json`, JSON.stringify(index));
    assert.deepEqual(await slot.load(), checkpointOf(1));
    await slot.save(checkpointOf(2));
    damage(folder, /^2-.*a.bin$/);
    assert.deepEqual(await slot.load(), checkpointOf(1));
  }));
