import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { MarketConfig } from '../../src/config/markets.ts';
import { configJsonSchema } from '../../src/config/parse.ts';
import { createHandler } from '../../src/market/create.ts';
import { EVERY_MARKET } from './every-market.ts';
import { candleSeries, chunkedPath, hourlyGrid, stream } from './paths.ts';

const EPISODES = 20;
const STEPS = 400;

/** Every bit of the paths of some episodes, plain and mirrored. */
function digestOf(config: MarketConfig): string {
  const hash = createHash('sha256');
  const handler = createHandler(config, hourlyGrid(STEPS), { candles: candleSeries(200) });
  for (let episode = 0; episode < EPISODES; episode++) {
    const random = stream(episode, 'bits');
    random.mirror(episode % 2 === 1);
    const { open, high, low, close, volume } = chunkedPath(handler, random, [512]);
    for (const column of [open, high, low, close, volume]) hash.update(new Uint8Array(column.buffer));
  }
  return hash.digest('hex').slice(0, 32);
}

/** A digest of the paths of every market, as quotes and as candles. */
function digests(): string {
  const lines = EVERY_MARKET.map((config, i) => {
    const candles: MarketConfig =
      config.process === 'replay' || config.process === 'bootstrap'
        ? config
        : { ...config, candles: { ...substeps(config), volume: { level: 10, elasticity: 0.7, noise: 0.4 } } };
    return `${String(i).padStart(2)} ${config.process.padEnd(17)} ${digestOf(config)} ${digestOf(candles)}`;
  });
  return `${lines.join('\n')}\n`;
}

/** A GARCH has none, whatever the regimes beside it would like. */
function substeps({ process }: MarketConfig): { substeps?: number } {
  return process === 'regime-switching' ? { substeps: 1 } : {};
}

it('paths have the bits that they had, on every machine and every major version of Node', async () => {
  // Changed on purpose, with the reason in the commit: npx vitest run packages/core/test/market/bits.test.ts -u
  await expect(digests()).toMatchFileSnapshot('./golden/paths.txt');
});

it('every process of the schema is among them', () => {
  const processes = JSON.stringify(configJsonSchema()).matchAll(/"process":\{"type":"string","const":"([^"]+)"/g);
  const known = new Set([...processes].map(([, name]) => name));
  expect(known.size).toBeGreaterThanOrEqual(19);
  expect(new Set(EVERY_MARKET.map(({ process }) => process))).toEqual(known);
});
