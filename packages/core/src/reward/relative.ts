import type { StepColumns } from '../events/steps.ts';
import { RollingMax } from './rolling-max.ts';
import { defineReward, LOG_FLOOR, type RewardDefinition, type RewardTerm } from './term.ts';

class Relative implements RewardTerm {
  private readonly symbolIndex: number;
  private readonly drawdownScale: number;
  private readonly equityPeak: RollingMax;
  private readonly assetPeak: RollingMax;
  private isFirst = true;
  /** NaN before the asset's first MARKET. */
  private firstPrice = Number.NaN;

  constructor(symbolIndex: number, window: number, drawdownScale: number) {
    this.symbolIndex = symbolIndex;
    this.drawdownScale = drawdownScale;
    this.equityPeak = new RollingMax(window);
    this.assetPeak = new RollingMax(window);
  }

  begin(): void {
    this.equityPeak.reset();
    this.assetPeak.reset();
    this.isFirst = true;
    this.firstPrice = Number.NaN;
  }

  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void {
    const { equity } = steps;
    const price = steps.price[this.symbolIndex]!;
    const equityFloor = LOG_FLOOR * steps.initialEquity;
    const priceAt = (i: number): number => {
      if (Number.isNaN(this.firstPrice)) this.firstPrice = price[i]!;
      return Math.max(price[i]!, LOG_FLOOR * Math.abs(this.firstPrice));
    };
    let equityBefore = Math.max(equity[from - 1]!, equityFloor);
    let priceBefore = priceAt(from - 1);
    if (this.isFirst) {
      this.equityPeak.push(equityBefore);
      if (!Number.isNaN(priceBefore)) this.assetPeak.push(priceBefore);
      this.isFirst = false;
    }
    for (let i = from; i <= to; i++) {
      const equityNow = Math.max(equity[i]!, equityFloor);
      const priceNow = priceAt(i);
      // Before its first MARKET an asset has no price: it counts as flat at the first one.
      const assetReturn = Number.isNaN(priceBefore) ? 0 : Math.log(priceNow / priceBefore);
      const assetDrawdown = Number.isNaN(priceNow) ? 0 : 1 - priceNow / this.assetPeak.push(priceNow);
      const drawdown = 1 - equityNow / this.equityPeak.push(equityNow);
      const excessReturn = Math.log(equityNow / equityBefore) - assetReturn;
      out[i] = excessReturn - this.drawdownScale * Math.max(0, drawdown - assetDrawdown);
      equityBefore = equityNow;
      priceBefore = priceNow;
    }
  }
}

/**
 * Profit and risk against how the asset moved: log return of equity minus the asset's, minus drawdownScale x the drawdown
 * in excess of the asset's own, both drawdowns from their highest point of the last `window` steps.
 */
export const relative: RewardDefinition = defineReward({
  name: 'relative',
  description: 'Log return and drawdown over a window, both against those of one asset.',
  parameters: {
    symbol: { type: 'string', default: '', description: 'The asset; default: the first market.' },
    window: { type: 'integer', minimum: 1, maximum: 1_000_000, default: 50, description: 'Steps of the drawdowns.' },
    drawdownScale: { type: 'number', minimum: 0, default: 0.01 },
  },
  fits: ({ symbol }, { symbols }) =>
    symbol === '' || symbols.includes(symbol)
      ? undefined
      : `symbol must be one of ${symbols.join(', ')}, got ${symbol}`,
  create: ({ symbol, window, drawdownScale }, { symbols }) =>
    new Relative(symbol === '' ? 0 : symbols.indexOf(symbol), window, drawdownScale),
}) as RewardDefinition;
