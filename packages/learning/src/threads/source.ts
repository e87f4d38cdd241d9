import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CandleSeries, type Config, marketNotices } from '@ergodic/core';
import { type BundledPart, bundleName, bundleParts, candleNotices, loadCandles } from '@ergodic/workers';

/** A config with what its files hold: threads make environments from it. It can be cloned. */
export interface EnvironmentSource {
  readonly config: Config;
  readonly bundles: readonly BundledPart[];
  /** Over shared memory. */
  readonly candles: Readonly<Record<string, CandleSeries>>;
  /** Remarks on candle files and parameters, one line each. */
  readonly notices: readonly string[];
}

/**
 * Reads the files that a config names and hands them to `use`. Bundles of modules lie in a temporary folder, which is gone
 * when `use` has ended. Throws ConfigError, CandleError or RunError.
 */
export async function withSource<T>(config: Config, use: (source: EnvironmentSource) => Promise<T>): Promise<T> {
  const bare = withoutStrategy(config);
  const files = loadCandles(bare);
  const candles = Object.fromEntries(files.map(({ symbol, series }) => [symbol, series]));
  const notices = [...candleNotices(files), ...marketNotices(bare.markets)];
  const parts = await bundleParts(bare);
  const folder = parts.length === 0 ? undefined : mkdtempSync(join(tmpdir(), 'ergodic-'));
  try {
    if (folder !== undefined) mkdirSync(join(folder, 'inputs'));
    const bundles = parts.map((bundle) => {
      const path = join(folder!, bundleName(bundle));
      writeFileSync(path, bundle.text);
      return { role: bundle.role, use: bundle.use, path };
    });
    return await use({ config: bare, bundles, candles, notices });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Agents decide from outside: the config's strategy, and what is drawn for it, is not looked at. */
function withoutStrategy(config: Config): Config {
  const randomize = Object.entries(config.randomize).filter(([path]) => !/^strategy\b/.test(path));
  return { ...config, strategy: { use: 'buy-and-hold' }, randomize: Object.fromEntries(randomize) };
}
