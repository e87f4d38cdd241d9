/**
 * One thing that is wrong with an input: where, which rule, what came, and what to do.
 */
export interface Issue {
  /** Keys from the root of the config to the value, e.g. `['markets', 'BTC/USDT', 'volatility']`. */
  readonly path: readonly (string | number)[];
  /** The rule that was broken, as a sentence without a full stop. */
  readonly rule: string;
  /** The value received; `undefined` where it is missing; left out where the rule names it already. */
  readonly received?: unknown;
  /** The way out, if there is a better one than obeying the rule. */
  readonly hint?: string;
}

/** A config (or an argument) breaks a rule. `code` is `CONFIG_INVALID`. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super(issues.map(describeIssue).join('\n'));
    this.name = 'ConfigError';
    this.issues = issues;
  }
}

/**
 * An episode cannot go on. Failures are data: the code is counted in the run's summary, the message is kept with the
 * episode. Codes: `STRATEGY_ERROR`, `COMPONENT_ERROR`, `MARKET_PRICE_NOT_FINITE`, `EVENT_LIMIT`,
 * `EQUITY_NOT_FINITE`, `DRAW_INVALID` (the values drawn for the episode do not go together), `ACTION_INVALID`,
 * `OBSERVATION_NOT_FINITE`, `AGENT_ERROR`, `WEIGHTS_NOT_FINITE`; the workers add `WORKER_EXIT`, `LATE_ERROR`, `OUT_OF_MEMORY`, `STALLED`.
 */
export class EpisodeError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EpisodeError';
    this.code = code;
  }
}

/** A path as a user types it: `markets["BRK.B"].volatility`. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[A-Za-z0-9_/-]+$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text === '' ? '(root)' : text;
}

/** One line: place, rule, value received, way out. */
export function describeIssue(issue: Issue): string {
  const received = issue.received === undefined ? ', it is missing' : `, got ${preview(issue.received)}`;
  const got = 'received' in issue ? received : '';
  const hint = issue.hint === undefined ? '' : `; ${issue.hint}`;
  return `${formatPath(issue.path)}: ${issue.rule}${got}${hint}`;
}

/** A value, short enough for one line of an error. */
export function preview(value: unknown): string {
  let text: string;
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) text = String(value);
  else if (typeof value === 'function') text = `function ${value.name}`;
  else {
    try {
      text = JSON.stringify(value) ?? String(value);
    } catch {
      text = String(value);
    }
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
