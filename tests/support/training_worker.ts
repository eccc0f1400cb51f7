/** A worker of its own for the determinism test: answers with the digest that `trainSmall` ends with. */

import { parentPort, workerData } from "node:worker_threads";
import { createEngine } from "../../engine/create_engine.ts";
import { trainSmall } from "./small_training.ts";

const engine = await createEngine({ backend: "onnx", threads: 1 });
const { digest } = await trainSmall(engine, Number(workerData));
engine.dispose();
parentPort?.postMessage(digest);
