import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replayEpisode } from '@ergodic/workers';
import { describe, expect, it, vi } from 'vitest';
import { runNullTest } from '../../src/nulltest/null-test.ts';
import { type NullTest, wasMade } from '../../src/nulltest/result.ts';
import { candleFile, configWith, folderWith } from './support.ts';

vi.setConfig({ testTimeout: 180_000 });

const EPISODES = 200;
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.mjs`, import.meta.url));

function nullTest(changes: Record<string, unknown>, options: object = {}): Promise<NullTest> {
  const config = configWith({ steps: 40, interval: '1h', ...changes });
  return runNullTest(config, { dir: join(folderWith(), 'test'), episodes: EPISODES, workers: 1, ...options });
}

/** A history of 300 days whose returns have no order. */
function history(): string {
  const closes = [100];
  for (let i = 0; i < 300; i++) closes.push(closes[i]! * (1 + 0.03 * Math.sin(1e4 * Math.sin(i + 1))));
  return join(folderWith({ 'a.csv': candleFile(closes) }), 'a.csv');
}

describe('runNullTest', () => {
  it('finds nothing in a strategy that cannot see ahead, and leaves runs that can be looked at, the same for any number of workers', async () => {
    const parts: string[] = [];
    const test = await nullTest({ seed: 'honest' }, { onPart: (name: string) => parts.push(name) });
    expect(test).toMatchObject({ id: 'test', status: 'completed', verdict: 'no sign of it', mismatches: {} });
    expect(test.martingale).toMatchObject({ verdict: 'no sign of it', episodes: EPISODES, failed: 0 });
    expect(test.martingale.traded).toBeGreaterThan(0.8 * EPISODES);
    expect(test.martingale.markets).toEqual({ A: { process: 'gbm', volatility: 0.6, isMeasured: false } });
    expect(test.shuffled).toMatchObject({ verdict: 'no sign of it', returns: { A: 20_000 } });
    expect(test.order).toEqual({ leftOut: 'A is no replay' });
    expect(parts).toEqual(['own', 'pilot', 'martingale', 'shuffled']);
    expect(readdirSync(test.dir).sort()).toEqual([
      'candles',
      'martingale',
      'nulltest.json',
      'own',
      'pilot',
      'shuffled',
    ]);
    expect(JSON.parse(readFileSync(join(test.dir, 'nulltest.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(test)));
    for (const { dir } of [test.martingale, test.shuffled as { dir: string }]) {
      expect((await replayEpisode(dir, 7, () => {})).differences).toEqual([]);
    }
    const again = await nullTest({ seed: 'honest' }, { workers: 2 });
    for (const name of ['martingale', 'shuffled'] as const) {
      expect({ ...again[name], dir: '' }).toEqual({ ...test[name], dir: '' });
    }
  });

  it('sees a strategy that makes the path anew from the seed, on a market that it knows', async () => {
    const market = { drift: 0, volatility: 0.6 };
    const knowing = { seed: 'known', episodes: EPISODES, steps: 40, ...market };
    const markets = { A: { process: 'gbm', price: 100, ...market } };
    const strategy = { use: fixture('oracle'), ...knowing };
    const test = await nullTest({ seed: 'known', markets, strategy });
    expect(test.martingale).toMatchObject({ verdict: 'sees the future' });
    // Nothing that it knows is among the shuffled returns.
    expect(test.shuffled).toMatchObject({ verdict: 'cannot tell', reason: 'the strategy never traded' });
    expect(test.verdict).toBe('sees the future');
  });

  it('cannot see it on a market that it does not know, but tells that it trades on its own', async () => {
    const drift = 0.5;
    const knowing = { seed: 'known', episodes: EPISODES, steps: 40, drift, volatility: 0.6 };
    const markets = { A: { process: 'gbm', price: 100, drift, volatility: 0.6 } };
    const test = await nullTest({ seed: 'known', markets, strategy: { use: fixture('oracle'), ...knowing } });
    expect(test).toMatchObject({
      verdict: 'cannot tell',
      martingale: { reason: 'the strategy never traded', traded: 0 },
    });
    expect(test.ownFills).toBeGreaterThan(5);
  });

  it('finds memory of a file in the order of its history, and calls it no alarm', async () => {
    const file = history();
    const markets = { A: { process: 'replay', file } };
    const execution = { fees: { taker: 0.0005 } };
    const test = await nullTest({
      steps: undefined,
      interval: '1d',
      markets,
      execution,
      strategy: { use: fixture('file-reader'), file },
    });
    expect(test).toMatchObject({ verdict: 'no sign of it', mismatches: {} });
    expect(test.order).toMatchObject({ shuffles: 499, asGood: 0, p: 1 / 500 });
    if (wasMade(test.order)) expect(test.order.totalReturn).toBeGreaterThan(10 * Math.abs(test.order.median));
  });

  it('sees a fill rule that gives money away: a sale of what the same candle has yet to buy', async () => {
    const markets = { A: { process: 'gbm', price: 100, volatility: 0.8, candles: true } };
    const test = await nullTest({
      markets,
      portfolio: { risk: { maxLeverage: 4 } },
      strategy: { use: fixture('add-and-sell') },
    });
    expect(test.verdict).toBe('sees the future');
  });

  it('leaves nothing behind where the config is wrong', async () => {
    const dir = join(folderWith(), 'test');
    const config = configWith({ strategy: { use: 'none' } });
    await expect(runNullTest(config, { dir })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(existsSync(dir)).toBe(false);
  });

  it('takes no directory that has something in it', async () => {
    const dir = folderWith({ 'mine.txt': 'mine' });
    await expect(runNullTest(configWith(), { dir })).rejects.toMatchObject({ code: 'RUN_DIR_NOT_EMPTY' });
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    const onPart = (name: string): void => {
      if (name === 'pilot') controller.abort();
    };
    await expect(nullTest({}, { signal: controller.signal, onPart })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
