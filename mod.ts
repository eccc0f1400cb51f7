/**
 * Zoetrope: declarative pipelines that train, sample and score generative video and image models.
 *
 * ```ts
 * const config = parseConfig("configs/movingmnist.yaml", { folder: Deno.cwd() }); // YAML, or diagnostics
 * const plan = planPipeline(config, stages); // typed edges, in order; nothing has run
 * const store = openLocalStore("/path/to/store"); // content-addressed, verified on read
 * const record = await executePlan(plan, store, executor, sink, options); // cached, or one process a stage
 * const html = await renderReport(record, (digest) => store.readBlob(digest)); // one self-contained page
 * ```
 *
 * Below the pipeline, each room is usable alone: `createEngine` compiles tfjs-core functions to ONNX Runtime,
 * `train` trains, `diffusion`, `metrics` and `numerics` are pure functions, `artifactKinds` reads and writes results.
 *
 * @module
 */

export * from "./pipelines/mod.ts";
export { type ArtifactKind, type ArtifactKinds } from "./artifacts/artifact.ts";
export { artifactKinds } from "./artifacts/mod.ts";
export { stages } from "./stages/mod.ts";
export * from "./engine/mod.ts";
export { train, type TrainOptions, type TrainResult } from "./training/train.ts";
export * as diffusion from "./diffusion/mod.ts";
export * as metrics from "./metrics/mod.ts";
export * as numerics from "./numerics/mod.ts";
export { renderReport } from "./report/render_report.ts";
