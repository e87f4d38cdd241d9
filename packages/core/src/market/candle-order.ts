import type { CandleNotice, RawCandle } from './raw-candle.ts';
import { parseTimeMs } from './time.ts';

const PRICES = ['open', 'high', 'low', 'close'] as const;
/** What files write for a price that is not known. */
const NO_PRICE = /^(?:nan|null|n\/a|na|none|-)?$/i;

/**
 * The lines oldest first, each once. A file that runs from the newest candle to the oldest is turned around, a line that
 * repeats its neighbour word for word is left out, and so is one with a time and none of the four prices: vendors write it
 * where nothing was traded. What else is out of order stays as it is, for the checks that follow.
 */
export function arrangeCandles(lines: readonly RawCandle[]): { rows: readonly RawCandle[]; notices: CandleNotice[] } {
  const notices: CandleNotice[] = [];
  const remark = (line: number, rule: string): void => {
    notices.push({ line, rule, missing: 0 });
  };
  const empty = lines.filter(isEmpty);
  // A file without any price is not one of candles: its lines keep their problems.
  const priced = empty.length < lines.length ? lines.filter((row) => !isEmpty(row)) : lines;
  if (priced.length < lines.length) remark(empty[0]!.line, leftOut(empty, 'has no prices', 'have no prices'));
  const ordered = isNewestFirst(priced) ? priced.toReversed() : priced;
  if (ordered !== priced) remark(priced[0]!.line, 'the newest candle comes first, so the order is turned around');
  const repeats = ordered.filter((row, i) => i > 0 && isRepeat(row, ordered[i - 1]!));
  if (repeats.length === 0) return { rows: ordered, notices };
  remark(repeats[0]!.line, leftOut(repeats, 'repeats its neighbour', 'repeat a neighbour'));
  const repeated = new Set(repeats);
  return { rows: ordered.filter((row) => !repeated.has(row)), notices };
}

function leftOut(rows: readonly RawCandle[], one: string, many: string): string {
  const first = `line ${rows[0]!.line}`;
  return rows.length === 1
    ? `${first} ${one} and is left out`
    : `${rows.length} lines ${many} and are left out, the first is ${first}`;
}

function isEmpty(row: RawCandle): boolean {
  return PRICES.every((name) => NO_PRICE.test(row[name].trim())) && !Number.isNaN(parseTimeMs(row.time.trim()));
}

/** Most lines are earlier than the one before: a line out of order is then told as one, and not every line. */
function isNewestFirst(rows: readonly RawCandle[]): boolean {
  let falls = 0;
  let beforeMs = NaN;
  for (const row of rows) {
    const timeMs = parseTimeMs(row.time.trim());
    if (timeMs < beforeMs) falls++;
    else if (timeMs > beforeMs) falls--;
    beforeMs = timeMs;
  }
  return falls > 0;
}

function isRepeat(row: RawCandle, other: RawCandle): boolean {
  const isEqual = row.volume === other.volume && PRICES.every((name) => row[name] === other[name]);
  return row.time === other.time && isEqual && !Number.isNaN(parseTimeMs(row.time.trim()));
}
