import { join } from 'node:path';
import type { Config } from '@ergodic/core';
import { type Bounds, boundsOf } from './bounds.ts';
import { type EdgeTest, testEdge } from './edge.ts';
import { ownConfig, permutedConfig, withoutHistory } from './history.ts';
import { martingaleConfig } from './martingale.ts';
import { testOrder } from './order-test.ts';
import type { OwnMarkets } from './own-markets.ts';
import { type Part, type PartName, type PartOptions, runPart } from './parts.ts';
import type { Findings } from './result.ts';
import type { RowGroup } from './rows.ts';
import { shuffledConfig, unshuffled } from './shuffled.ts';

/** False-alarm rate of the two tests together; each has half of it (Bonferroni). */
export const LEVEL = 0.01;
const TESTS = 2;
const EPISODES = 2_000;
const FEWEST_EPISODES = 200;
/** Of one null run: long episodes are fewer. */
const MOST_STEPS = 40_000_000;
const PILOT_EPISODES = 200;
/** Enough for a strategy that remembers to play differently the second time. */
const OWN_EPISODES = 12;
const SHUFFLES = 499;

export interface NullTestOptions extends PartOptions {
  /** Of each null run; default 2,000, fewer where they are long. */
  readonly episodes?: number;
}

/** The runs of a null test, and what each tells. */
export class Tester {
  readonly mismatches: Partial<Record<PartName, readonly number[]>> = {};
  private readonly config: Config;
  private readonly options: NullTestOptions;

  constructor(config: Config, options: NullTestOptions) {
    this.config = config;
    this.options = options;
  }

  /** The config as it is. What is wrong with it is told in its own terms: this comes first. */
  onOwnMarkets(): Promise<Part> {
    return this.run('own', ownConfig(this.config, OWN_EPISODES));
  }

  async onMartingale(
    own: OwnMarkets,
    groups: readonly RowGroup[],
  ): Promise<{ martingale: Findings['martingale']; bounds: Bounds }> {
    const { config, markets } = martingaleConfig(own, groups);
    const seed = `pilot of ${config.seed}`.slice(0, 128);
    const pilot = await this.run('pilot', { ...config, seed, episodes: PILOT_EPISODES });
    const bounds = boundsOf(pilot.episodes.totalReturn, config.portfolio.ruin);
    return { martingale: { markets, ...(await this.testOn('martingale', config, bounds)) }, bounds };
  }

  async onShuffled(own: OwnMarkets, groups: readonly RowGroup[], bounds: Bounds): Promise<Findings['shuffled']> {
    const symbol = unshuffled(groups);
    if (symbol !== undefined) return { leftOut: `the price of ${symbol} is not always positive, so it has no returns` };
    const { config, returns } = shuffledConfig(own, groups, join(this.options.dir, 'candles'));
    return { returns, ...(await this.testOn('shuffled', config, bounds)) };
  }

  async ofOrder(own: OwnMarkets, { episodes }: Part): Promise<Findings['order']> {
    const leftOut = withoutHistory(own);
    if (leftOut !== undefined) return { leftOut };
    const config = permutedConfig(ownConfig(this.config, SHUFFLES), join(this.options.dir, 'candles'));
    const part = await this.run('permuted', config);
    const first = { totalReturn: episodes.totalReturn[0]!, fills: episodes.fills[0]! };
    return { dir: part.dir, ...testOrder(first, part.episodes.totalReturn) };
  }

  private async testOn(name: PartName, config: Config, bounds: Bounds): Promise<{ readonly dir: string } & EdgeTest> {
    const most = Math.floor(MOST_STEPS / config.steps!);
    const episodes = this.options.episodes ?? Math.min(EPISODES, Math.max(FEWEST_EPISODES, most));
    const portfolio = { ...config.portfolio, ruin: Math.max(0, 1 - bounds.loss) };
    const part = await this.run(name, { ...config, episodes, portfolio });
    return { dir: part.dir, ...testEdge(part.episodes, bounds.gain, LEVEL / TESTS) };
  }

  private async run(name: PartName, config: Config): Promise<Part> {
    const part = await runPart(name, config, this.options);
    const { mismatches } = part.summary;
    if (mismatches.length > 0) this.mismatches[name] = mismatches;
    return part;
  }
}
