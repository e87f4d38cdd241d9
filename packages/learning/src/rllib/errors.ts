/**
 * What went wrong between us and an RLlink server. Codes:
 *
 * - `RLLINK_URL`: the address is not `rllib://` on this computer.
 * - `RLLINK_LOST`: the connection was refused or broke; connecting again may help.
 * - `RLLINK_PROTOCOL`: what answers does not speak RLlink.
 * - `RLLINK_MODULE`: the weights are not those of a module that can be computed here, or do not fit the config.
 * - `RLLINK_GAVE_UP`: no connection for as long as was allowed.
 * - `RLLINK_ACTOR`: a thread that plays episodes ended.
 */
export class RllinkError extends Error {
  readonly code: RllinkCode;

  constructor(code: RllinkCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'RllinkError';
    this.code = code;
  }
}

export type RllinkCode =
  | 'RLLINK_URL'
  | 'RLLINK_LOST'
  | 'RLLINK_PROTOCOL'
  | 'RLLINK_MODULE'
  | 'RLLINK_GAVE_UP'
  | 'RLLINK_ACTOR';
