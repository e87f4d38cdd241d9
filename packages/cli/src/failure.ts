/** Codes of errors that config, arguments or files are the cause of; every other error ends with 1. */
const USAGE_CODES = new Set([
  'USAGE',
  'CONFIG_INVALID',
  'CANDLES_INVALID',
  'RUN_DIR_NOT_EMPTY',
  'RUN_NOT_FOUND',
  'TRAINED_ELSEWHERE',
  'EPISODE_OUT_OF_RANGE',
  'BUNDLE_FAILED',
  'STRATEGY_INVALID',
  'INPUT_CHANGED',
  'OUTPUT_SETTINGS_INVALID',
  'ONNXRUNTIME_MISSING',
  'CALIBRATION_FAILED',
  'NULLTEST_IMPOSSIBLE',
  'RLLINK_URL',
  'SWEEP_INVALID',
  'SQL_INVALID',
  'SQL_REFUSED',
  'FIGURE_INVALID',
  'UNTIL_INVALID',
  'ASSERTION_INVALID',
]);
/** Codes of errors whose message is written for the user. */
const RUN_CODES = new Set([
  'SPOOL_FULL',
  'DISK_FULL',
  'RUN_LOCKED',
  'RUN_DAMAGED',
  'WORKER_START_FAILED',
  'STORE_FAILED',
  'POLICY_INVALID',
  'REPLAY_FAILED',
  'THREAD_ENDED',
  'REQUEST_INVALID',
  'RLLINK_PROTOCOL',
  'RLLINK_GAVE_UP',
  'RLLINK_ACTOR',
  'RUN_UNFINISHED',
  'LEDGER_LOCKED',
  'COLUMN_UNKNOWN',
]);

export function exitCodeOf(error: unknown): 1 | 2 {
  return USAGE_CODES.has(codeOf(error)) ? 2 : 1;
}

/** The text after `error: `. With `debug` the stack, with causes. */
export function describeFailure(error: unknown, debug: boolean): string {
  if (debug) return stacksOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (USAGE_CODES.has(code) || RUN_CODES.has(code)) return message;
  // An error of the system (no space, no permission) names its file; anything else is ours.
  if (error instanceof Error && 'syscall' in error) return message;
  return `${message}; this is a fault of ergodic itself: --debug shows where`;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}

function stacksOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stacksOf(error.cause)}`;
}
