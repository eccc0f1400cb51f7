import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import type { Images } from "../../../artifacts/images.ts";
import type { Weights } from "../../../artifacts/weights.ts";
import { type DdpmSampleParams, sampleDdpm } from "../../../stages/sample/ddpm.ts";
import { input, stageContext } from "../../support/stage_context.ts";
import { barImages, tinyWeights, trainTiny } from "../ddpm_fixture.ts";

const quiet = { trajectories: 0, noised: 0, interpolations: 0 };

function sampleTiny(weights: Weights, params: Partial<DdpmSampleParams>, clean?: Images) {
  const { context } = stageContext({ backend: "onnx", threads: 1 });
  return sampleDdpm.run({
    ...context,
    params: sampleDdpm.params.parse({ count: 5, steps: 4, ...quiet, ...params }),
    inputs: { weights: input(weights), images: clean && input(clean) },
  });
}

Deno.test("sampleDdpm draws the images that it was trained on, once it knows them", async () => {
  const flat = barImages("train", 2);
  for (let i = 0; i < flat.pixels.length; i++) flat.pixels[i] = i % 3 === 0 ? 200 : 40;
  const { weights } = await trainTiny({
    steps: 150,
    batch: 2,
    flip: 0,
    learningRate: 5e-3,
    ema: null,
    objective: "x0",
  }, { images: flat });
  const { images } = await sampleTiny(weights, { steps: 10 });
  const mean = (channel: number) => {
    let sum = 0;
    for (let i = channel; i < images.pixels.length; i += 3) sum += images.pixels[i]!;
    return sum / (images.pixels.length / 3);
  };
  // Within 20 of 255, after seconds of training.
  for (const [channel, wanted] of [200, 40, 40].entries()) {
    assert.ok(Math.abs(mean(channel) - wanted) < 20, `channel ${channel}: ${mean(channel)}`);
  }
});

Deno.test("sampleDdpm gives an image that depends neither on the batch nor on the count", async () => {
  const weights = await tinyWeights({ steps: 5 });
  const draw = async (count: number, batch: number) =>
    (await sampleTiny(weights, { count, batch, sampler: "ancestral", steps: 6 })).images;
  const [one, many] = [await draw(5, 2), await draw(3, 3)];
  assert.deepEqual([...one.shape], [5, 8, 8, 3]);
  const size = 192;
  for (let i = 0; i < 3; i++) {
    const [a, b] = [one, many].map(({ pixels }) => pixels.slice(i * size, (i + 1) * size));
    // Kernels may add in another order for another batch: a level of 255 at most.
    const worst = worstDifference(a!, b!);
    assert.ok(worst <= 1, `image ${i} differs by ${worst}`);
  }
});

Deno.test("sampleDdpm runs every sampler with every objective, and learned variance", async () => {
  for (const objective of ["eps", "x0", "v"] as const) {
    const weights = await tinyWeights({ objective, variance: "learned" });
    for (
      const choice of [
        { sampler: "ancestral", variance: "learned", steps: 20 },
        { sampler: "ancestral", variance: "large" },
        { sampler: "ddim", eta: 0.5, rederiveNoise: false, clip: null },
        { sampler: "dpmpp_2m", dpmpp: { solver: "heun", karrasRho: 7 } },
      ] as const
    ) {
      const { images } = await sampleTiny(weights, { count: 2, ...choice });
      assert.equal(images.pixels.length, 2 * 192, `${objective} ${JSON.stringify(choice)}`);
      assert.equal(images.split, "generated");
    }
  }
});

Deno.test("sampleDdpm draws the classes it is asked for, in turn", async () => {
  const weights = await tinyWeights({ conditional: true, steps: 30, learningRate: 1e-2 });
  const all = await sampleTiny(weights, { count: 3, guidance: 2 });
  assert.deepEqual([...all.images.labels!], [0, 1, 0]);
  assert.deepEqual(all.images.classes, ["dark", "bright"]);
  const bright = await sampleTiny(weights, { count: 3, classes: ["bright"] });
  assert.deepEqual([...bright.images.labels!], [1, 1, 1]);
  await assert.rejects(
    sampleTiny(weights, { classes: ["grey"] }),
    /there is no class "grey"; the model knows dark, bright/,
  );
  await assert.rejects(
    sampleTiny(await tinyWeights(), { classes: ["dark"] }),
    /the model was trained without/,
  );
});

Deno.test("sampleDdpm can take its classes from images, so that sets compare", async () => {
  const weights = await tinyWeights({ conditional: true });
  const real = { ...barImages("test", 3), labels: Int32Array.of(1, 1, 0) };
  const { images } = await sampleTiny(weights, { count: 5, classesAsIn: true }, real);
  assert.deepEqual([...images.labels!], [1, 1, 0, 1, 1]);
  await assert.rejects(
    sampleTiny(weights, { classesAsIn: true }),
    /needs input "images" with the classes of the model, dark, bright, but it is not connected/,
  );
});

Deno.test("sampleDdpm with guidance 1 draws what it draws without", async () => {
  const weights = await tinyWeights({ conditional: true, steps: 10, learningRate: 1e-2 });
  const [plain, guided] = [
    await sampleTiny(weights, { guidance: null }),
    await sampleTiny(weights, { guidance: 1 }),
  ];
  const worst = worstDifference(plain.images.pixels, guided.images.pixels);
  assert.ok(worst <= 1, `differs by ${worst} of 255`);
});

Deno.test("sampleDdpm by the statistics of the batch makes an image depend on its neighbours", async () => {
  const weights = await tinyWeights({ model: "simple_tiny", steps: 10, learningRate: 1e-2 });
  const first = async (count: number, batchNorm: "batch" | "running") =>
    (await sampleTiny(weights, { count, batchNorm })).images.pixels.slice(0, 192);
  const spread = async (batchNorm: "batch" | "running") => {
    return worstDifference(await first(2, batchNorm), await first(5, batchNorm));
  };
  assert.ok(await spread("running") <= 1);
  assert.ok(await spread("batch") > 10);
});

Deno.test("sampleDdpm shows samples, ways from noise, growing noise and images between seeds", async () => {
  const weights = await tinyWeights();
  const { pictures, images } = await sampleTiny(weights, {
    shown: 4,
    trajectories: 2,
    trajectoryEvery: 2,
    noised: 2,
    interpolations: 1,
    interpolationSteps: 3,
  }, barImages("test"));
  assert.deepEqual(pictures.items.map(({ name }) => name), [
    "samples.png",
    "trajectories.png",
    "noising.png",
    "interpolations.png",
  ]);
  const cell = (name: string, row: number, column: number) => {
    const item = pictures.items.find((item) => item.name === name)!;
    const { data, width } = PNG.sync.read(Buffer.from(item.bytes));
    const scale = 8;
    const top = item.height - 8 - (name === "noising.png" || name === "trajectories.png" ? 2 : 1) *
        66 +
      2;
    return Uint8Array.from({ length: 192 }, (_, i) => {
      const [y, x, channel] = [Math.floor(i / 24), Math.floor(i / 3) % 8, i % 3];
      const at = (top + row * 66 + y * scale) * width + 8 + column * 66 + x * scale;
      return data[at * 4 + channel]!;
    });
  };
  const drawn = (i: number) => images.pixels.slice(i * 192, (i + 1) * 192);
  const near = (a: ArrayLike<number>, b: Uint8Array) => worstDifference(a, b) <= 1;
  assert.ok(near(drawn(1), cell("trajectories.png", 1, 1)), "the last of a way is the sample");
  assert.ok(near(drawn(0), cell("interpolations.png", 0, 0)), "the ends are the samples");
  assert.ok(near(drawn(1), cell("interpolations.png", 0, 2)));
  assert.ok(near(barImages("test").pixels.slice(0, 192), cell("noising.png", 0, 0)), "clean first");
});

Deno.test("sampleDdpm shows what lies between seeds whatever the sampler's own noise", async () => {
  const weights = await tinyWeights({ steps: 20, learningRate: 1e-2 });
  const sheet = async (params: Partial<DdpmSampleParams>) => {
    const { pictures } = await sampleTiny(weights, {
      interpolations: 2,
      interpolationSteps: 5,
      ...params,
    });
    return pictures.items.find(({ name }) => name === "interpolations.png")!.bytes;
  };
  const plain = await sheet({});
  assert.deepEqual(await sheet({ eta: 1 }), plain);
  assert.deepEqual(await sheet({ sampler: "ancestral" }), plain);
  const { data, width } = PNG.sync.read(Buffer.from(plain));
  const pixel = (column: number) => data[((8 + 30) * width + 8 + column * 66 + 30) * 4]!;
  assert.notEqual(pixel(0), pixel(4), "the ends differ");
});

Deno.test("sampleDdpm refuses weights of another network, and a variance nobody learned", async () => {
  const weights = await tinyWeights();
  await assert.rejects(
    sampleTiny({ ...weights, model: "next_frame" }, {}),
    /must be of "image_diffusion", but they are of "next_frame"/,
  );
  await assert.rejects(
    sampleTiny(weights, { sampler: "ancestral", variance: "learned" }),
    /needs a model that was trained with it/,
  );
});

function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}
