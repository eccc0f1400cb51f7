import assert from "node:assert/strict";
import { spaceTimesteps } from "../../diffusion/space_timesteps.ts";
import { fixture } from "./fixture.ts";

const published = fixture.timestep_spacing;

Deno.test("spaceTimesteps() gives OpenAI's lists", () => {
  assert.deepEqual(spaceTimesteps(1000, [10]), published['openai_space_timesteps_1000_to_"10"']);
  assert.deepEqual(spaceTimesteps(1000, "ddim10"), published.openai_ddim10);
});

Deno.test("spaceTimesteps() takes counts from sections, the first ones longer by one", () => {
  // 10 = 4 + 3 + 3; from improved-diffusion's function: {0, 3}, {4, 5, 6}, {7}.
  assert.deepEqual(spaceTimesteps(10, [2, 3, 1]), [7, 6, 5, 4, 3, 0]);
  assert.deepEqual(spaceTimesteps(10, [0, 3, 0]), [6, 5, 4]);
  assert.deepEqual(spaceTimesteps(5, [5]), [4, 3, 2, 1, 0]);
  // Half of 5 rounds to 2, to the even neighbour.
  assert.deepEqual(spaceTimesteps(6, [3]), [5, 2, 0]);
});

Deno.test("spaceTimesteps() with a stride of one visits everything", () => {
  assert.deepEqual(spaceTimesteps(4, "ddim4"), [3, 2, 1, 0]);
});

Deno.test("spaceTimesteps() refuses what does not fit", () => {
  assert.throws(() => spaceTimesteps(10, [6, 6]), /a whole number from 0 to 5/);
  assert.throws(() => spaceTimesteps(1000, "ddim999"), /no whole stride gives exactly so many/);
});
