import type { Config } from '@ergodic/core';
import { type Figure, parseFigureStart } from '@ergodic/statistics';
import { RunError } from '../errors.ts';

/** A run ends when the interval of a figure is as narrow as this. */
export interface UntilRule {
  /** `mean(totalReturn) +- 0.001` */
  readonly text: string;
  readonly figure: Figure;
  /** Neither end of the interval may be farther from the value than this, in the unit of the figure. */
  readonly halfWidth: number;
}

/** Strategies that are known to draw no random numbers; those of users and policies may. */
const DRAWLESS: ReadonlySet<string> = new Set(['buy-and-hold', 'sma-cross']);
const EXAMPLE = "write it as in 'mean(totalReturn) +- 0.001' or 'probabilityOfRuin +- 0.5 %'";
const WIDTH = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*(%?)$/i;

/**
 * Reads `FIGURE +- WIDTH`, or with `±`. A width with `%` is so many hundredths in the unit of the figure, and no part of its value.
 *
 * @throws RunError `UNTIL_INVALID`, FigureError `FIGURE_INVALID`
 */
export function parseUntil(text: string): UntilRule {
  const { figure, end } = parseFigureStart(text);
  const [, sign, width] = /^\s*(\+-|±)?\s*(.*?)\s*$/s.exec(text.slice(end)) as unknown as [string, string?, string?];
  if (sign === undefined) throw invalid(text, `after ${figure.text} there must be +- (or ±) and a half-width`, width);
  const parts = WIDTH.exec(width!);
  const halfWidth = parts === null ? Number.NaN : Number(`${parts[1]}${parts[2] ?? ''}`) / (parts[3] === '%' ? 100 : 1);
  if (!(halfWidth > 0 && halfWidth < Number.POSITIVE_INFINITY)) {
    throw invalid(text, `after ${sign} there must be a number greater than 0, with or without %`, width);
  }
  if (figure.isObserved) {
    throw invalid(text, `${figure.text} is an observed extreme: it has no interval that could become narrow`);
  }
  return { text: `${figure.text} +- ${width!.replace(/\s*%/, ' %')}`, figure, halfWidth };
}

/** Episodes that must all be the same have nothing that more of them could tell. Throws RunError `UNTIL_INVALID`. */
export function checkSpread({ text }: UntilRule, { markets, randomize, strategy, components }: Config): void {
  const hasOnePath = Object.values(markets).every((market) => market.process === 'replay' && market.start === 'first');
  const mayDraw = !DRAWLESS.has(strategy.use) || components.length > 0 || Object.keys(randomize).length > 0;
  if (!hasOnePath || mayDraw) return;
  const rule = 'every episode replays the same history to the same end, so that none adds to what the first one says';
  const wayOut = 'leave --until out, or draw histories with start: random, process: bootstrap or randomize';
  throw new RunError('UNTIL_INVALID', `--until ${JSON.stringify(text)}: ${rule}; ${wayOut}`);
}

function invalid(text: string, rule: string, received?: string): RunError {
  const got = received === undefined ? '' : `, got ${received === '' ? 'nothing' : received}`;
  return new RunError('UNTIL_INVALID', `--until ${JSON.stringify(text)}: ${rule}${got}; ${EXAMPLE}`);
}
