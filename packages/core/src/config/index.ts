export { DURATION_PATTERN, durationMs, formatDuration } from './duration.ts';
export type { ActionsConfig, EnvironmentConfig, FeatureConfig } from './environment.ts';
export { ConfigError, describeIssue, EpisodeError, formatPath, type Issue, preview } from './errors.ts';
export { isFileUse } from './file-use.ts';
export type { Instrument } from './instrument.ts';
export * from './markets.ts';
export type { InfluxConfig, OutputsConfig, PointFileConfig } from './outputs.ts';
export type { ParameterSpec, ParameterSpecs, ParametersOf } from './parameters.ts';
export { configJsonSchema, parseConfig, parseEnvironmentConfig, parseSeed, parseTrainingConfig } from './parse.ts';
export {
  type ConfigPath,
  joinedName,
  PATH_HINT,
  parsePath,
  type ScannedPath,
  scanPath,
  startsWith,
} from './path.ts';
export type { Change } from './processes.ts';
export type { Distribution, RandomizeConfig } from './randomize.ts';
export * from './schema.ts';
export { hintFor, suggest } from './suggest.ts';
export type { TrainingConfig } from './training.ts';
