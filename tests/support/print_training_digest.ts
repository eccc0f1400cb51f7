/** A program of its own for the determinism test: prints the digest that `trainSmall` ends with. */

import { createEngine } from "../../engine/create_engine.ts";
import { trainSmall } from "./small_training.ts";

const [threads, steps] = Deno.args.map(Number);
const engine = await createEngine({ backend: "onnx", threads: threads! });
const { digest } = await trainSmall(engine, steps!);
Deno.stdout.writeSync(new TextEncoder().encode(`${digest}\n`));
