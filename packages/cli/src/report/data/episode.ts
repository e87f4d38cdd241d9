import { type Manifest, quoteName } from '@ergodic/workers';
import type { Tables } from './tables.ts';

const MOST_POINTS = 1_000;
const MOST_FILLS = 400;

export interface StreamPoint {
  /** Since the start. */
  readonly timeMs: number;
  readonly equity: number;
  /** By position of the symbol; NaN where it has none yet. */
  readonly prices: readonly number[];
}

export interface FillMark {
  /** Since the start. */
  readonly timeMs: number;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: number;
}

/** One kept episode. */
export interface EpisodeView {
  /** `Worst`, or several words where they are one episode. */
  readonly title: string;
  /** `worst`, the first of these words. */
  readonly name: string;
  readonly episode: number;
  readonly endReason: string;
  readonly figures: Readonly<Record<string, number | null>>;
  readonly points: readonly StreamPoint[];
  readonly marks: readonly FillMark[];
  /** Each so many-th fill has a mark. */
  readonly markEvery: number;
}

export async function loadEpisodes(tables: Tables, manifest: Manifest): Promise<EpisodeView[]> {
  const { kept } = manifest;
  if (kept === undefined) return [];
  const titles = new Map<number, string[]>();
  for (const name of ['worst', 'median', 'best'] as const) {
    titles.set(kept[name], [...(titles.get(kept[name]) ?? []), name]);
  }
  const views: EpisodeView[] = [];
  for (const [episode, names] of titles) {
    const view = await loadEpisode(tables, manifest, episode);
    if (view !== undefined) views.push({ title: titleOf(names), name: names[0]!, ...view });
  }
  return views;
}

function titleOf(names: readonly string[]): string {
  const text = names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names[0]!;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

async function loadEpisode(
  tables: Tables,
  { layout }: Manifest,
  episode: number,
): Promise<Omit<EpisodeView, 'title' | 'name'> | undefined> {
  const fields = layout.fields.map((field) => `CAST(${quoteName(field)} AS DOUBLE)`);
  const [record] = await tables.rows<[string, ...(number | null)[]]>(
    'episodes',
    (from) => `SELECT endReason, ${fields.join(', ')} FROM ${from} WHERE episode = ${episode}`,
  );
  if (record === undefined) return undefined;
  const [endReason, ...values] = record;
  const figures = Object.fromEntries(layout.fields.map((field, i) => [field, values[i] as number | null]));
  const rows = await loadPoints(tables, layout.symbols, episode);
  const startMs = rows[0]?.timeMs ?? layout.startMs;
  const points = rows.map((row) => ({ ...row, timeMs: row.timeMs - startMs }));
  return { episode, endReason, figures, points, ...(await loadMarks(tables, episode, startMs, figures.fills ?? 0)) };
}

/** Of a long stream, the points at which equity or a price is least or greatest within its stretch of time. */
async function loadPoints(tables: Tables, symbols: readonly string[], episode: number): Promise<StreamPoint[]> {
  const series = ['equity', ...symbols.map((symbol) => quoteName(`price_${symbol}`))];
  const stretches = Math.max(1, Math.floor(MOST_POINTS / (2 * series.length)));
  const extremes = series.flatMap((name) => [`arg_min(step, ${name})`, `arg_max(step, ${name})`]);
  const rows = await tables.rows<(number | null)[]>(
    'equity',
    (from) => `WITH stream AS (SELECT * FROM ${from} WHERE episode = ${episode}),
      size AS (SELECT min(step) AS low, max(step) AS high, count(*) AS n FROM stream),
      kept AS (SELECT unnest([${extremes.join(', ')}]) AS step FROM stream, size
        GROUP BY floor((step - low) * ${stretches} / (high - low + 1)))
      SELECT CAST(timeMs AS DOUBLE), ${series.map((name) => `CAST(${name} AS DOUBLE)`).join(', ')} FROM stream, size
      WHERE n <= ${MOST_POINTS} OR step IN (low, high) OR step IN (SELECT step FROM kept) ORDER BY step`,
  );
  return rows.map(([timeMs, equity, ...prices]) => ({
    timeMs: timeMs!,
    equity: equity ?? Number.NaN,
    prices: prices.map((price) => price ?? Number.NaN),
  }));
}

async function loadMarks(
  tables: Tables,
  episode: number,
  startMs: number,
  fills: number,
): Promise<Pick<EpisodeView, 'marks' | 'markEvery'>> {
  const markEvery = Math.max(1, Math.ceil(fills / MOST_FILLS));
  const rows = await tables.rows<[number, string, 'buy' | 'sell', number]>(
    'fills',
    (from) => `WITH own AS (SELECT timeMs, symbol, orderSide, price, row_number() OVER (ORDER BY timeMs, orderId) AS i
        FROM ${from} WHERE episode = ${episode})
      SELECT CAST(timeMs AS DOUBLE), symbol, orderSide, price FROM own WHERE (i - 1) % ${markEvery} = 0 ORDER BY i`,
  );
  const marks = rows.map(([timeMs, symbol, side, price]) => ({ timeMs: timeMs - startMs, symbol, side, price }));
  return { marks, markEvery };
}
