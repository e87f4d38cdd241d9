/** Where the parts of a candle stand in the lines of a file. */
export interface Layout {
  /** Lines before the first candle, the header included. */
  readonly skipped: number;
  /** Number of columns, where the header says it. */
  readonly width: number;
  /** Columns that may hold the time, the best one first. */
  readonly time: readonly number[];
  /** A column with the time of the day, where `time` holds dates alone. */
  readonly clock: number | undefined;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly symbol: number | undefined;
  readonly volumes: readonly VolumeColumn[];
  /** Names of the columns, as the file writes them. */
  readonly names: readonly string[];
}

export interface VolumeColumn {
  readonly at: number;
  /** `base` or `quote` where the name says so; else the asset that it names, or '' for none. */
  readonly of: 'base' | 'quote' | { readonly asset: string };
}

/** Lines above the header: a title, an address, a remark. */
const MOST_LINES_ABOVE = 20;

const EPOCH_NAMES = [
  'unix',
  'unix timestamp',
  'unix time',
  'timestamp',
  'epoch',
  'open time',
  'opentime',
  'open timestamp',
];
const DATE_NAMES = ['time', 'datetime', 'date time', 'date', 'time utc', 'date utc'];
const SYMBOL_NAMES = ['symbol', 'ticker', 'pair'];
const BASE_NAMES = ['volume from', 'volumefrom', 'base volume', 'volume base', 'base asset volume'];
const QUOTE_NAMES = ['volume to', 'volumeto', 'quote volume', 'volume quote', 'quote asset volume', 'volume currency'];
const PRICE_NAMES = ['open', 'high', 'low', 'close'] as const;

/** The first lines of a file → its layout, or undefined where they name no columns and are of no known form. */
export function findLayout(records: readonly (readonly string[])[]): Layout | undefined {
  for (const [i, record] of records.slice(0, MOST_LINES_ABOVE + 1).entries()) {
    const layout = layoutOfHeader(record, i + 1);
    if (layout !== undefined) return layout;
  }
  return layoutWithoutHeader(records);
}

/** Names without case, brackets and other marks: `Volume_(BTC)` → `volume btc`. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** Columns that a header needs and lacks. */
export function missingColumns(record: readonly string[]): string[] {
  const names = record.map(plainName);
  const hasTime = names.some((name) => EPOCH_NAMES.includes(name) || DATE_NAMES.includes(name));
  return [...(hasTime ? [] : ['time']), ...PRICE_NAMES.filter((name) => !names.includes(name))];
}

function layoutOfHeader(record: readonly string[], skipped: number): Layout | undefined {
  if (missingColumns(record).length > 0) return undefined;
  const names = record.map(plainName);
  const columnsOf = (known: readonly string[]): number[] =>
    known.flatMap((name) => (names.includes(name) ? [names.indexOf(name)] : []));
  const dates = columnsOf(DATE_NAMES);
  const date = names.indexOf('date');
  const clock = names.indexOf('time');
  const hasClock = date !== -1 && clock !== -1;
  return {
    skipped,
    width: record.length,
    time: [...columnsOf(EPOCH_NAMES), ...(hasClock ? dates.filter((at) => at !== clock) : dates)],
    clock: hasClock ? clock : undefined,
    open: names.indexOf('open'),
    high: names.indexOf('high'),
    low: names.indexOf('low'),
    close: names.indexOf('close'),
    symbol: columnsOf(SYMBOL_NAMES)[0],
    volumes: names.flatMap((name, at) => volumeColumn(name, at) ?? []),
    names: record,
  };
}

function volumeColumn(name: string, at: number): VolumeColumn | undefined {
  if (name === 'volume' || name === 'vol') return { at, of: { asset: '' } };
  if (BASE_NAMES.includes(name)) return { at, of: 'base' };
  if (QUOTE_NAMES.includes(name)) return { at, of: 'quote' };
  const asset = /^vol(?:ume)? (\w+)$/.exec(name)?.[1];
  return asset === undefined ? undefined : { at, of: { asset } };
}

/** Columns of a kline of Binance, up to its volume; the other six are close time, quote volume and counts. */
const BINANCE_COLUMNS = 12;
/** Columns of Kraken's OHLCVT: time, open, high, low, close, volume, trades. */
const KRAKEN_COLUMNS = 7;

/** Both known forms begin with time, open, high, low, close, volume. */
function layoutWithoutHeader(records: readonly (readonly string[])[]): Layout | undefined {
  const first = records[0] ?? [];
  if (!first.every((text) => /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text))) return undefined;
  const isBinance = first.length === BINANCE_COLUMNS && Number(first[6]) > Number(first[0]);
  if (!isBinance && first.length !== KRAKEN_COLUMNS) return undefined;
  return {
    skipped: 0,
    width: first.length,
    time: [0],
    clock: undefined,
    open: 1,
    high: 2,
    low: 3,
    close: 4,
    symbol: undefined,
    volumes: [{ at: 5, of: 'base' }],
    names: ['time', 'open', 'high', 'low', 'close', 'volume'],
  };
}
