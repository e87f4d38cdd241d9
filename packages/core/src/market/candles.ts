import { formatDuration } from '../config/duration.ts';
import { preview } from '../config/errors.ts';
import { arrangeCandles } from './candle-order.ts';
import type { CandleSeries } from './handler.ts';
import type { CandleNotice, RawCandle } from './raw-candle.ts';
import { parseTimeMs } from './time.ts';

/** One thing that is wrong with a candle file. */
export interface CandleProblem {
  readonly line: number;
  readonly rule: string;
  readonly received: unknown;
}

const MAX_PROBLEMS = 20;

/** A candle file breaks rules. `problems` are the first 20 of `count`; `code` is `CANDLES_INVALID`. */
export class CandleError extends Error {
  readonly code = 'CANDLES_INVALID';
  readonly file: string;
  readonly problems: readonly CandleProblem[];
  readonly count: number;

  constructor(file: string, problems: readonly CandleProblem[], count: number = problems.length) {
    const lines = problems.map(({ line, rule, received }) => `${file}:${line}: ${rule}, got ${preview(received)}`);
    if (count > problems.length) lines.push(`and ${count - problems.length} more`);
    super(lines.join('\n'));
    this.name = 'CandleError';
    this.file = file;
    this.problems = problems;
    this.count = count;
  }
}

/**
 * Checks the lines of a candle file and gives its columns, over SharedArrayBuffers so that workers share one copy.
 *
 * The interval is `intervalMs`, else the most frequent difference of two times (the shorter of two as frequent); one
 * candle alone needs `intervalMs`. Either all lines have a volume or none. Lines may run from the newest candle to the oldest,
 * repeat a neighbour, or lack all prices (see `arrangeCandles`): that, and where candles are missing, is a notice;
 * everything else that is odd is a CandleError: no candles, a missing or unreadable value, a price that is not positive
 * and finite, high or low within the other prices, a negative volume, times that repeat, go back or overlap.
 */
export function buildCandles(
  lines: readonly RawCandle[],
  options: { readonly file: string; readonly intervalMs?: number },
): { series: CandleSeries; notices: CandleNotice[] } {
  const problems = new Problems(options.file);
  const { rows, notices: remarks } = arrangeCandles(lines);
  if (rows.length === 0) problems.add(1, 'must hold at least one candle', 0);
  const hasVolume = rows.some((row) => row.volume !== undefined);
  const timeMs = sharedColumn(rows.length);
  const open = sharedColumn(rows.length);
  const high = sharedColumn(rows.length);
  const low = sharedColumn(rows.length);
  const close = sharedColumn(rows.length);
  const volume = sharedColumn(hasVolume ? rows.length : 0);
  for (const [i, row] of rows.entries()) {
    timeMs[i] = readTime(problems, row);
    if (i > 0) checkOrder(problems, row, timeMs[i]!, rows[i - 1]!, timeMs[i - 1]!);
    open[i] = readPrice(problems, row, 'open');
    high[i] = readPrice(problems, row, 'high');
    low[i] = readPrice(problems, row, 'low');
    close[i] = readPrice(problems, row, 'close');
    checkRange(problems, row, open[i]!, high[i]!, low[i]!, close[i]!);
    if (hasVolume) volume[i] = readVolume(problems, row);
  }
  problems.throwIfAny();
  const intervalMs = options.intervalMs ?? usualDifference(timeMs);
  if (Number.isNaN(intervalMs)) {
    problems.add(rows[0]!.line, 'one candle does not tell the interval: give more candles or an interval', 1);
    problems.throwIfAny();
  }
  const notices = [...remarks, ...checkSpacing(problems, rows, timeMs, intervalMs)];
  problems.throwIfAny();
  return { series: { intervalMs, timeMs, open, high, low, close, volume }, notices };
}

/** Keeps the first 20 and counts the rest: a file of the wrong kind breaks a rule on each of a million lines. */
class Problems {
  private readonly file: string;
  private readonly first: CandleProblem[] = [];
  private count = 0;

  constructor(file: string) {
    this.file = file;
  }

  add(line: number, rule: string, received: unknown): void {
    this.count++;
    if (this.first.length < MAX_PROBLEMS) this.first.push({ line, rule, received });
  }

  throwIfAny(): void {
    if (this.count > 0) throw new CandleError(this.file, this.first, this.count);
  }
}

function sharedColumn(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

function readTime(problems: Problems, row: RawCandle): number {
  const text = row.time?.trim() ?? '';
  const timeMs = parseTimeMs(text);
  if (text === '') problems.add(row.line, 'time is missing', text);
  else if (Number.isNaN(timeMs)) {
    problems.add(row.line, 'time must be an ISO date or date-time, epoch seconds or epoch milliseconds', text);
  }
  return timeMs;
}

/** Digits with commas, apostrophes or spaces: `9,123.45` may be nine thousand, or nine and a bit. */
const GROUPED = /^[+-]?\d[\d,.'’ \u00a0\u202f]*$/;

/** A number, or NaN after adding the problem. `Number` alone takes '' for 0 and '0x10' for 16. */
function readNumber(problems: Problems, row: RawCandle, column: 'open' | 'high' | 'low' | 'close' | 'volume'): number {
  const text = row[column]?.trim() ?? '';
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  const hint = GROUPED.test(text) ? ' with a point for the decimals and nothing between thousands' : '';
  problems.add(row.line, text === '' ? `${column} is missing` : `${column} must be a number${hint}`, text);
  return NaN;
}

function readPrice(problems: Problems, row: RawCandle, column: 'open' | 'high' | 'low' | 'close'): number {
  const price = readNumber(problems, row, column);
  if (price > 0 && price < Infinity) return price;
  if (!Number.isNaN(price)) problems.add(row.line, `${column} must be positive and finite`, price);
  return NaN;
}

function readVolume(problems: Problems, row: RawCandle): number {
  const volume = readNumber(problems, row, 'volume');
  if (volume < 0 || volume === Infinity) problems.add(row.line, 'volume must be zero or more and finite', volume);
  return volume;
}

/** A price that is NaN has its own problem already, and makes both comparisons false. */
function checkRange(p: Problems, row: RawCandle, open: number, high: number, low: number, close: number): void {
  const prices = { open, high, low, close };
  if (high < Math.max(open, low, close)) p.add(row.line, 'high must be the highest of the four prices', prices);
  if (low > Math.min(open, high, close)) p.add(row.line, 'low must be the lowest of the four prices', prices);
}

function checkOrder(p: Problems, row: RawCandle, timeMs: number, before: RawCandle, beforeMs: number): void {
  if (timeMs === beforeMs) p.add(row.line, `time must not repeat that of line ${before.line}`, row.time);
  else if (timeMs < beforeMs) {
    p.add(
      row.line,
      `time must be later than ${before.time} on line ${before.line}: sort the file, oldest first`,
      row.time,
    );
  }
}

/** The most frequent difference of neighbours, the shortest of those as frequent; NaN where there is none. */
function usualDifference(timeMs: Float64Array): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < timeMs.length; i++) {
    const difference = timeMs[i]! - timeMs[i - 1]!;
    counts.set(difference, (counts.get(difference) ?? 0) + 1);
  }
  let usual = NaN;
  let most = 0;
  for (const [difference, count] of counts) {
    if (count < most || (count === most && difference > usual)) continue;
    usual = difference;
    most = count;
  }
  return usual;
}

function checkSpacing(
  p: Problems,
  rows: readonly RawCandle[],
  timeMs: Float64Array,
  intervalMs: number,
): CandleNotice[] {
  const notices: CandleNotice[] = [];
  const interval = formatDuration(intervalMs);
  for (let i = 1; i < rows.length; i++) {
    const { line, time } = rows[i]!;
    const before = rows[i - 1]!;
    const difference = timeMs[i]! - timeMs[i - 1]!;
    const missing = Math.round(difference / intervalMs) - 1;
    if (difference < intervalMs) {
      // Its open would be known before the close of the candle before it: a look ahead.
      p.add(
        line,
        `time must be at least the interval of ${interval} after ${before.time} on line ${before.line}`,
        time,
      );
    } else if (missing > 0) {
      const candles = missing === 1 ? 'candle is' : 'candles are';
      notices.push({
        line,
        rule: `${missing} ${candles} missing after ${before.time} on line ${before.line}`,
        missing,
      });
    }
  }
  return notices;
}
