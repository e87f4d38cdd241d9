import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createHandler,
  type MarketColumns,
  type MarketConfig,
  type MarketDataHandler,
  parseConfig,
  RandomStream,
  rootKey,
  SubstreamKeyer,
} from '@ergodic/core';
import { type Difference, describeDifference, relativeDifference, TOLERANCE } from './agreement.ts';
import { runChild } from './child.ts';
import { type Comparison, comparePairs } from './comparison.ts';
import type { EngineRun } from './engine.ts';
import { compileLimit, runLimit } from './limit.ts';

const STEPS = 10_000;
const ROWS = STEPS + 1;
const SEED = 'bench';
const SYMBOL = 'BTC/USDT';
/** Rows that are asked for at once, as the loop does. */
const CHUNK = 512;
const CHECKED_PATHS = 20;
/** Some 10 to 60 ns a row. */
const LIMIT_ROWS = 40_000_000;
const ENGINE_SECONDS = 1;

/** Markets whose paths are drawn, by the name of their C program at `bench/c/paths-<name>.c`, which has the same numbers. */
export const pathMarkets: Readonly<Record<string, MarketConfig>> = {
  gbm: market({ process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 }),
  // Breaks the Feller condition, as fits to data do: 1 step in 100 takes the scheme's exponential branch.
  heston: market({
    process: 'heston',
    price: 30_000,
    drift: 0.2,
    longRunVariance: 0.5,
    meanReversionSpeed: 5,
    volOfVol: 3,
    correlation: -0.5,
  }),
};

function market(parameters: Readonly<Record<string, unknown>>): MarketConfig {
  return parseConfig({
    seed: SEED,
    steps: STEPS,
    interval: '1h',
    markets: { [SYMBOL]: parameters },
    strategy: { use: 'buy-and-hold' },
    portfolio: { cash: 1 },
  }).markets[SYMBOL]!;
}

/** Draws hourly paths of one market through the handler that an episode reads from. */
export class PathEngine {
  private readonly handler: MarketDataHandler;
  private readonly columns: MarketColumns;
  private readonly keyer = new SubstreamKeyer(rootKey(SEED), `market/${SYMBOL}`);
  private readonly key = new Int32Array(4);
  private readonly random = new RandomStream([1, 2, 3, 4]);

  constructor(config: MarketConfig) {
    const close = new Float64Array(CHUNK);
    this.columns = {
      timeMs: new Float64Array(CHUNK),
      open: close,
      high: close,
      low: close,
      close,
      volume: new Float64Array(0),
    };
    this.handler = createHandler(config, { startMs: 0, intervalMs: 3_600_000, steps: STEPS, stepsPerYear: 8760 });
  }

  /** The four words of the episode's stream key. */
  keyOf(episode: number): Int32Array {
    this.keyer.key(episode, this.key);
    return this.key;
  }

  /** Draws the path of an episode; adds the last price of each chunk to `record`. */
  draw(episode: number, record?: number[]): void {
    this.random.reset(this.keyOf(episode));
    this.handler.begin(this.random);
    for (let n = 0; (n = this.handler.fill(this.columns, CHUNK)) > 0; ) record?.push(this.columns.close[n - 1]!);
  }
}

/** The text that the C programs read: a line an episode. */
export function pathKeys(engine: PathEngine, episodes: number): string {
  return Array.from({ length: episodes }, (_, episode) => `${engine.keyOf(episode).join(' ')}\n`).join('');
}

/** Draws the paths of episodes 0, 1, … and lists where `records`, the last price of each chunk in C, say something else. */
export function pathDifferences(engine: PathEngine, records: readonly (readonly number[])[]): Difference[] {
  return records.flatMap((limit, episode) => {
    const prices: number[] = [];
    engine.draw(episode, prices);
    if (prices.length !== limit.length) throw new Error(`C must write ${prices.length} prices, got ${limit.length}`);
    return prices.flatMap((price, i) => {
      const relative = relativeDifference(price, limit[i]!);
      return relative <= TOLERANCE ? [] : [{ episode, field: `chunk ${i}`, engine: price, limit: limit[i]!, relative }];
    });
  });
}

/** Rows of paths per second ÷ rows of the C program per second. Throws where the two do not draw the same paths. */
export async function comparePaths(pairs: number): Promise<Comparison[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ergodic-bench-'));
  try {
    const comparisons: Comparison[] = [];
    for (const [name, config] of Object.entries(pathMarkets)) {
      const engine = new PathEngine(config);
      const program = compileLimit(`paths-${name}`, directory);
      const { records } = runLimit(program, pathKeys(engine, CHECKED_PATHS), CHECKED_PATHS);
      const found = pathDifferences(engine, records);
      if (found.length > 0) throw new Error(found.slice(0, 10).map(describeDifference).join('\n'));
      const keys = pathKeys(engine, Math.ceil(LIMIT_ROWS / ROWS));
      comparisons.push(
        await comparePairs(
          { name: `paths (${name})`, value: 'engine', base: 'C', unit: 'rows/s' },
          pairs,
          () => perSecond(runChild<EngineRun>('./path-engine.js', [name, ENGINE_SECONDS])),
          () => perSecond(runLimit(program, keys, 0)),
        ),
      );
    }
    return comparisons;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Draws paths for about so long; returns what it took. */
export function drawFor(engine: PathEngine, limitSeconds: number): EngineRun {
  const startMs = performance.now();
  let episodes = 0;
  let elapsed = 0;
  while (elapsed < limitSeconds) {
    for (let i = 0; i < 10; i++) engine.draw(episodes++);
    elapsed = (performance.now() - startMs) / 1000;
  }
  return { seconds: elapsed, rows: episodes * ROWS };
}

function perSecond({ rows, seconds }: EngineRun): number {
  return rows / seconds;
}
