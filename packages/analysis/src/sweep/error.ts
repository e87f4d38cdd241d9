/** A sweep cannot be made as it was asked for. `code` is `SWEEP_INVALID`. */
export class SweepError extends Error {
  readonly code = 'SWEEP_INVALID';

  constructor(message: string) {
    super(message);
    this.name = 'SweepError';
  }
}
