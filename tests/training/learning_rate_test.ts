import assert from "node:assert/strict";
import {
  constant,
  cosine,
  exponential,
  oneCycle,
  stepDecay,
  warmup,
} from "../../training/learning_rate.ts";

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.abs(expected), `${actual} != ${expected}`);

Deno.test("constant() is the same at each step", () => {
  assert.deepEqual([0, 7, 1e6].map(constant(3e-4)), [3e-4, 3e-4, 3e-4]);
});

Deno.test("cosine() falls from its peak through the middle to its final rate", () => {
  const rate = cosine({ peak: 1, final: 0.1, steps: 101 });
  near(rate(0), 1);
  near(rate(50), 0.55);
  near(rate(100), 0.1);
  near(rate(200), 0.1);
});

Deno.test("warmup() rises in equal parts, then starts the next policy at 0", () => {
  const rate = warmup(4, 1, cosine({ peak: 1, steps: 3 }));
  [0.25, 0.5, 0.75, 1, 1, 0.5].forEach((expected, step) => near(rate(step), expected));
});

Deno.test("oneCycle() gives the rates of torch.optim.lr_scheduler.OneCycleLR", () => {
  // torch 2.15.0, max_lr 0.01, total_steps 20, pct_start 0.3, printed in float64.
  const rate = oneCycle({ peak: 0.01, steps: 20 });
  const torch = [
    0.0003999999999999993,
    0.0013167184270002508,
    0.003716718427000252,
    0.006683281572999748,
    0.009083281572999747,
    0.01,
    0.009874640062350875,
    0.009504846320134737,
    0.0089091617757105,
    0.008117456539497631,
    0.007169430017913008,
    0.0061126202193628925,
    0.00500002,
    0.003887419780637108,
    0.0028306099820869924,
    0.00188258346050237,
    0.0010908782242895004,
    0.0004951936798652628,
    0.00012539993764912555,
    4e-08,
  ];
  torch.forEach((expected, step) => near(rate(step), expected));
  assert.equal(torch.length, 20);
});

Deno.test("stepDecay() gives the rates of torch.optim.lr_scheduler.StepLR", () => {
  // torch 2.15.0, lr 0.1, step_size 3, gamma 0.5.
  const torch = [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125];
  torch.map((expected, step) =>
    near(stepDecay({ rate: 0.1, factor: 0.5, every: 3 })(step), expected)
  );
});

Deno.test("exponential() with a floor is the policy of Residual Video Diffusion", () => {
  // lr 5e-5 to step 100,000, then max(0.8^k, 0.2): 0.8^7 = 0.2097152 and 0.8^8 < 0.2.
  const rate = exponential({ rate: 5e-5, factor: 0.8, floor: 0.2, after: 100_000 });
  near(rate(0), 5e-5);
  near(rate(100_000), 5e-5);
  near(rate(100_001), 4e-5);
  near(rate(100_007), 5e-5 * 0.2097152);
  near(rate(100_008), 1e-5);
  near(rate(1_000_000), 1e-5);
});

Deno.test("exponential() without floor or delay decays at every step", () => {
  const rate = exponential({ rate: 2, factor: 0.5 });
  [2, 1, 0.5, 0.25].forEach((expected, step) => near(rate(step), expected));
});
