import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { marketNotices } from '../../src/market/notices.ts';

function noticesOf(market: Record<string, unknown>): string[] {
  const config = parseConfig({ steps: 1, markets: { 'BTC/USDT': { price: 1, ...market } }, strategy: { use: 'x' } });
  return marketNotices(config.markets);
}

const heston = { process: 'heston', meanReversionSpeed: 2, longRunVariance: 0.25 };

describe('marketNotices', () => {
  it('tells what it means that the Feller condition of a variance fails', () => {
    expect(noticesOf({ ...heston, volOfVol: 1.1 })).toEqual([
      'markets.BTC/USDT: the Feller condition 2 · meanReversionSpeed · longRunVariance ≥ volOfVol² does not hold (1 < 1.21): the variance touches 0 at times: calm stretches between bursts; the scheme is made for it',
    ]);
    const bates = { ...heston, process: 'bates', jumpIntensity: 1, jumpMean: 0, jumpDeviation: 0.1 };
    expect(noticesOf({ ...bates, volOfVol: 1.1 })).toHaveLength(1);
  });

  it('tells so of a square-root price', () => {
    const cir = { process: 'cir', meanReversionSpeed: 1, longRunMean: 1 };
    expect(noticesOf({ ...cir, volatility: 1.5 })[0]).toContain('the price touches 0 at times');
    expect(noticesOf({ ...cir, volatility: 1.4 })).toEqual([]);
  });

  it('says nothing where the condition holds, on its very edge too', () => {
    expect(noticesOf({ ...heston, volOfVol: 1 })).toEqual([]);
    expect(noticesOf({ process: 'gbm', volatility: 5 })).toEqual([]);
  });

  it('finds it in a regime', () => {
    const regimes = { calm: { process: 'gbm', volatility: 0.3 }, wild: { ...heston, volOfVol: 3 } };
    const transitions = { calm: { wild: 2 }, wild: { calm: 10 } };
    const [notice] = noticesOf({ process: 'regime-switching', regimes, transitions });
    expect(notice).toMatch(/^markets\.BTC\/USDT\.regimes\.wild: /);
  });
});
