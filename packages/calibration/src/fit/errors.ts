/** Prices that do not tell the parameters of a process. `code` is `CALIBRATION_FAILED`; the message says what to do. */
export class CalibrationError extends Error {
  readonly code = 'CALIBRATION_FAILED';

  constructor(message: string) {
    super(message);
    this.name = 'CalibrationError';
  }
}
