/**
 * The engine of pipelines. It knows no stage, no model and no tensor library.
 *
 * In reading order:
 *
 * 1. A config: `limits` `parse_yaml` (`estimate_depth`) `config_node` `source`, composed by
 *    `compose_config` `merge_nodes` `override_config` `interpolate`; a sweep is written out by `expand_matrix`
 *    (`read_matrix` `matrix_points` `choose_points` `matrix_references` `spread_variables` `sweep_scope`
 *    `point_sets` `stage_points` `point_name`), then read by `read_config`
 *    (`name_rule` `quantity` `read_retry`): {@link parseConfig}. What is wrong is a `diagnostic` (`did_you_mean`).
 * 2. A plan: `stage` is the contract; `check_params` (`describe_issue` `schema_keys`) `wire_inputs`
 *    `order_stages` `file_params` (`real_path` `list_folder`) `stage_seed`: {@link planPipeline}. `resolved_config` (`config_origins`) and
 *    `json_schema` show it to people and editors.
 * 3. A key: `canonical_json` `digest` `folder_digest` (`folder_notes`) `written_params` `legacy_defaults` `fingerprint`:
 *    {@link keyOf}. A stage's code is read by `code_digests` (`code_notes` `resolve_import` `module_syntax`
 *    `write_syntax` `erased_syntax` `code_edits`). `explain` (`format_change`) and `forecast` say why a stage must run;
 *    `trust_code` takes what edited code left.
 * 4. A store: `store` is the contract; `local_store` (`store_layout` `prepare_store` `durable_file` `free_space`
 *    `file_status` `file_clock` `blob_notes` `action_record` `stored_artifact` `checkpoint_slot` `quarantine` `touch`
 *    `read_if_there` `lease` `process_alive`). `collect_garbage` keeps what `roots` name (`survey_store` `marks`
 *    `choose_garbage` `trash`); `verify_store`, `store_size`, `unlock` and `export_artifact` look after it.
 * 5. A run: `execute` (`resources`) `execute_stage` (`wait_for_lease` `wait_for_result` `stage_result`) `run_attempts`
 *    (`retry` `timer`) `job` `worker` `preview` `open_confined` and `executors/`: {@link executePlan}.
 *    `check_determinism` (`link_or_copy`) computes a stage twice; `frozen` proves a `lock_file`. Without the values of `secrets` (`redact`) it tells `event`s (`event_schema`) and leaves a `run_record` (`build_record`
 *    `parse_run_record`).
 *
 * @module
 */

export { parseConfig, type ParseOptions } from "./parse_config.ts";
export type { PipelineConfig, StageConfig } from "./config.ts";
export { ConfigError, type Diagnostic, formatDiagnostic } from "./diagnostic.ts";
export { type AnyStage, defineStage, type Stage, type StageTable } from "./stage.ts";
export { type Edge, type Plan, type PlannedStage, planPipeline } from "./plan.ts";
export { resolvedConfigText } from "./resolved_config.ts";
export { configSchemaText } from "./json_schema.ts";
export { type KeyContext, type KeyDocument, keyOf } from "./fingerprint.ts";
export { explainChanges, type KeyChange } from "./explain.ts";
export { formatChange } from "./format_change.ts";
export { trustedLookup } from "./trust_code.ts";
export { forecast, type StageForecast } from "./forecast.ts";
export type { Action, Store } from "./store.ts";
export { openLocalStore } from "./local_store.ts";
export { collectGarbage, type GarbageOptions, type GarbageReport } from "./collect_garbage.ts";
export { type VerifyReport, verifyStore } from "./verify_store.ts";
export { exportArtifact } from "./export_artifact.ts";
export { executePlan } from "./execute.ts";
export type { Executor } from "./executors/executor.ts";
export { inProcessExecutor } from "./executors/in_process.ts";
export { localProcessExecutor } from "./executors/local_process.ts";
export type { Event, EventSink } from "./event.ts";
export type { RunRecord } from "./run_record.ts";
