/** The gate cannot compare: what, why, and what to do. */
export class GateError extends Error {
  override readonly name = 'GateError';
}
