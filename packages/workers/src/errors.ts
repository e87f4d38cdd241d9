/**
 * A run cannot start or go on. Codes: `RUN_DIR_NOT_EMPTY`, `RUN_NOT_FOUND`, `RUN_LOCKED`, `RUN_DAMAGED`, `INPUT_CHANGED`,
 * `BUNDLE_FAILED`, `STRATEGY_INVALID`, `CANDLES_INVALID`, `WORKER_START_FAILED`, `STORE_FAILED`,
 * `DISK_FULL`, `SPOOL_FULL`, `OUTPUT_SETTINGS_INVALID`, `ONNXRUNTIME_MISSING`, `POLICY_INVALID`, `WORKER_BUG`.
 */
export class RunError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'RunError';
    this.code = code;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
