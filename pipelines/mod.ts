/**
 * The engine of pipelines. It knows no stage, no model and no tensor library.
 *
 * In reading order:
 *
 * 1. `stage` is the contract of a stage; `event` (`event_schema`) all that can happen in a run; `run_record`
 *    (`parse_run_record`) what a run leaves behind.
 * 2. `config/`: `limits` `parse_yaml` (`estimate_depth`) `config_node` `source`, composed by `compose_config`
 *    (`real_path`) `merge_nodes` `override_config` `interpolate`, read by `read_config` (`name_rule` `quantity`
 *    `read_retry` `secrets`): {@link parseConfig}. What is wrong is a `diagnostic` (`did_you_mean` `describe_issue`).
 *    `resolved_config` (`config_origins`) and `json_schema` (`schema_keys`) show it to people and editors.
 * 3. `sweep/`: a config with a matrix is written out by `expand_matrix` (`read_matrix` `matrix_points` `choose_points`
 *    `matrix_references` `spread_variables` `sweep_scope` `point_sets` `stage_points` `point_name`).
 * 4. `plan/`: `check_params` (`written_params` `legacy_defaults`) `wire_inputs` `order_stages` `file_params`
 *    `stage_seed` `resources`: {@link planPipeline}.
 * 5. `key/`: `canonical_json` `digest` `folder_digest` (`folder_notes` `list_folder`) `fingerprint`: {@link keyOf}. A stage's
 *    code is read by `code_digests` (`code_notes` `resolve_import` `module_syntax` `write_syntax` `erased_syntax`
 *    `code_edits`). `explain` (`format_change`) and `forecast` say why a stage must run; `trust_code` takes what edited
 *    code left.
 * 6. `store/`: `store` is the contract; `local_store` (`store_layout` `prepare_store` `durable_file` `free_space`
 *    `file_status` `file_clock` `blob_notes` `action_record` `stored_artifact` `checkpoint_slot` `quarantine` `touch`
 *    `read_if_there` `link_or_copy` `lease` `process_alive`). `collect_garbage` keeps what `roots` name (`survey_store` `marks`
 *    `choose_garbage` `trash`); `verify_store`, `store_size`, `unlock` and `export_artifact` look after it.
 * 7. `run/`: `execute` `execute_stage` (`wait_for_lease` `wait_for_result` `stage_result`) `run_attempts` (`retry`
 *    `timer`) `job` `worker` `preview` `open_confined` `redact` `build_record` and `executors/`: {@link executePlan}.
 *    `check_determinism` computes a stage twice; `frozen` proves a `lock_file`.
 *
 * @module
 */

export { parseConfig, type ParseOptions } from "./config/parse_config.ts";
export type { PipelineConfig, StageConfig } from "./config/config.ts";
export { ConfigError, type Diagnostic, formatDiagnostic } from "./config/diagnostic.ts";
export { type AnyStage, defineStage, type Stage, type StageTable } from "./stage.ts";
export { type Edge, type Plan, type PlannedStage, planPipeline } from "./plan/plan.ts";
export { resolvedConfigText } from "./config/resolved_config.ts";
export { configSchemaText } from "./config/json_schema.ts";
export { type KeyContext, type KeyDocument, keyOf } from "./key/fingerprint.ts";
export { explainChanges, type KeyChange } from "./key/explain.ts";
export { formatChange } from "./key/format_change.ts";
export { trustedLookup } from "./key/trust_code.ts";
export { forecast, type StageForecast } from "./key/forecast.ts";
export type { Action, Store } from "./store/store.ts";
export { openLocalStore } from "./store/local_store.ts";
export {
  collectGarbage,
  type GarbageOptions,
  type GarbageReport,
} from "./store/collect_garbage.ts";
export { type VerifyReport, verifyStore } from "./store/verify_store.ts";
export { exportArtifact } from "./store/export_artifact.ts";
export { executePlan } from "./run/execute.ts";
export type { Executor } from "./run/executors/executor.ts";
export { inProcessExecutor } from "./run/executors/in_process.ts";
export { localProcessExecutor } from "./run/executors/local_process.ts";
export type { Event, EventSink } from "./event.ts";
export type { RunRecord } from "./run_record.ts";
