/** A null test cannot be made of a config; the message gives place, rule and way out. */
export class NullTestError extends Error {
  readonly code = 'NULLTEST_IMPOSSIBLE';

  constructor(message: string) {
    super(message);
    this.name = 'NullTestError';
  }
}
