import { assertNear } from "./assert_near.ts";
import { MersenneTwister } from "./mersenne_twister.ts";
import { readMp5 } from "./mp5.ts";

Deno.test("MersenneTwister reproduces numpy.random.rand as MP5 printed it", async () => {
  const { random } = await readMp5();
  const twister = new MersenneTwister(random.numpySeed);
  const drawn = Array.from({ length: 7 }, () => twister.numpyUniform());
  // Eight decimals were printed.
  assertNear(drawn.slice(0, 5), random.rand5, 5.1e-9);
  assertNear(drawn.slice(5), random.randNext, 5.1e-9);
});

Deno.test("MersenneTwister reproduces torch.randn as MP5 printed it, and its cos(sin(x))", async () => {
  const { random } = await readMp5();
  const twister = new MersenneTwister(random.numpySeed);
  const drawn = Array.from({ length: 5 }, () => twister.torchNormal());
  // Four decimals were printed.
  assertNear(drawn, random.torchRandn5, 5.1e-5);
  assertNear(drawn.map((x) => Math.cos(Math.sin(x))), random.cosSin, 5.1e-5);
});
