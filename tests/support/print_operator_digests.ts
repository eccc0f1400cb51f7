/** Prints the digests of `operatorDigests()` in a process of its own: `... <threads>`. */

import { createEngine } from "../../engine/create_engine.ts";
import { operatorDigests } from "./operator_digests.ts";

const engine = await createEngine({ backend: "onnx", threads: Number(Deno.args[0]) });
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(await operatorDigests(engine))));
engine.dispose();
