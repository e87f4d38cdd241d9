/**
 * An environment was used in the wrong order. Codes: `NOT_RESET` (step before reset), `EPISODE_OVER` (step after the end),
 * `NO_DECISION` (an episode without a decision), `NO_DATA` (a live feed has nothing yet). Nothing has changed.
 */
export class EnvironmentError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'EnvironmentError';
    this.code = code;
  }
}
