import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { normalKl, normalKlTensor } from "../../diffusion/normal_kl.ts";
import { assertClose } from "./assert_close.ts";
import { fixture } from "./fixture.ts";

Deno.test("normalKl() gives the published value, on tensors too", async () => {
  await tf.setBackend("cpu");
  for (const { mean1, logvar1, mean2, logvar2, kl_nats, bits } of fixture.vlb.normal_kl) {
    const kl = normalKl({ mean: mean1, logVariance: logvar1 }, {
      mean: mean2,
      logVariance: logvar2,
    });
    assertClose(kl, kl_nats, "nats", { relative: 1e-12, absolute: 0 });
    assertClose(kl / Math.LN2, bits, "bits", { relative: 1e-12, absolute: 0 });
    const [tensor] = normalKlTensor(
      tf.scalar(mean1 - mean2),
      tf.scalar(logvar1),
      tf.scalar(logvar2),
    ).dataSync();
    assertClose(tensor, kl_nats, "float32", { relative: 1e-6, absolute: 0 });
  }
});

Deno.test("normalKl() is 0 for equal distributions alone, and depends on the order", () => {
  const [p, q] = [{ mean: 1, logVariance: -2 }, { mean: 1, logVariance: 1 }];
  assertClose(normalKl(p, p), 0, "p, p", { relative: 0, absolute: 1e-16 });
  // ½ (−1 + 3 + e^{−3}) and ½ (−1 − 3 + e^3).
  assertClose(normalKl(p, q), 0.5 * (2 + Math.exp(-3)), "p, q", { relative: 1e-14, absolute: 0 });
  assertClose(normalKl(q, p), 0.5 * (Math.exp(3) - 4), "q, p", { relative: 1e-14, absolute: 0 });
});
