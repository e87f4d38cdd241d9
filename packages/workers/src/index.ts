export { candleNotices } from './candles/notices.ts';
export { type CandleFile, readCandleFile } from './candles/read.ts';
export type { WorkerStatus } from './control.ts';
export {
  type EnsembleRun,
  type RunOptions,
  resumeEnsemble,
  runEnsemble,
  startEnsemble,
  startTraining,
} from './ensemble.ts';
export { messageOf, RunError } from './errors.ts';
export { fanValue } from './fan.ts';
export { bundleName, bundleParts, loadCandles } from './inputs.ts';
export { isRunLocked, lockRun, tryLock } from './lock.ts';
export { type MarketSection, marketSection } from './market-key.ts';
export { checkInflux, type InfluxCheck, type InfluxCheckRow } from './outputs/check.ts';
export { type FlushOptions, flushOutputs } from './outputs/flush.ts';
export type { OutputProgress } from './outputs/output.ts';
export { type InfluxAddress, type InfluxSettings, resolveInflux } from './outputs/settings.ts';
export { OnnxPolicy, type PlayedEnvironments, type PolicyOptions } from './policies/policy.ts';
export { newRunId, versions } from './prepare.ts';
export { type ReplayOutcome, replayEpisode, type TraceLine } from './replay.ts';
export { loadParts } from './simulation.ts';
export { Database, parquetSource, quoteName, quoteText } from './store/database.ts';
export { readEpisodes } from './store/episode-table.ts';
export { isEmptyOrMissing, readJson, writeFileAtomic } from './store/files.ts';
export { type InputFile, type Manifest, type RunStatus, readManifest } from './store/manifest.ts';
export { type TableName, tableColumns, tableFiles } from './store/parts.ts';
export { selectOrderedRows, selectRows } from './store/rows.ts';
export type {
  EpisodeCounts,
  FailureNote,
  Metric,
  OutputAccount,
  OutputAccounts,
  Quantiles,
  Summary,
  Timing,
} from './summary.ts';
export type { BundledPart } from './task.ts';
export type { Progress } from './totals.ts';
export type { Estimate, Evaluation, Scores, StageScores, TrainingSummary } from './training/evaluation.ts';
export type { IterationReport } from './training/trainer.ts';
export {
  type CloseOptions,
  type FinishedEpisode,
  openTrainingRun,
  type TrainingProgress,
  TrainingRun,
  type TrainingRunOptions,
} from './training/training-run.ts';
export { type AdmittedTrial, TrialBench } from './trials/bench.ts';
export { columnOf, type TrialRecords, TrialRunner } from './trials/runner.ts';
export { readTrialColumn, readTrialEquity, readTrials, type StoredTrial, TrialStore } from './trials/store.ts';
export { ENGINE_FLAG, tuneEngine } from './tuning.ts';
export type { UntilCheck, UntilState } from './until/check.ts';
