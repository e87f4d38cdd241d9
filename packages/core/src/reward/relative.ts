import type { StepColumns } from '../events/steps.ts';
import { RollingMax } from './rolling-max.ts';
import { defineReward, LOG_FLOOR, type RewardDefinition, type RewardTerm } from './term.ts';

class Relative implements RewardTerm {
  private readonly symbolIndex: number;
  private readonly drawdownScale: number;
  private readonly equityPeak: RollingMax;
  private readonly assetPeak: RollingMax;
  /** The asset's first price; NaN before it. */
  private firstPrice = Number.NaN;
  private isFirst = true;

  constructor(symbolIndex: number, window: number, drawdownScale: number) {
    this.symbolIndex = symbolIndex;
    this.drawdownScale = drawdownScale;
    this.equityPeak = new RollingMax(window);
    this.assetPeak = new RollingMax(window);
  }

  begin(): void {
    this.equityPeak.reset();
    this.assetPeak.reset();
    this.firstPrice = Number.NaN;
    this.isFirst = true;
  }

  evaluate(steps: StepColumns, from: number, to: number, out: Float64Array): void {
    const { equity } = steps;
    const price = steps.price[this.symbolIndex]!;
    const floor = LOG_FLOOR * steps.initialEquity;
    let equityBefore = Math.max(equity[from - 1]!, floor);
    let priceBefore = this.counted(price[from - 1]!);
    if (this.isFirst) this.equityPeak.push(equityBefore);
    if (this.isFirst && !Number.isNaN(priceBefore)) this.assetPeak.push(priceBefore);
    this.isFirst = false;
    for (let i = from; i <= to; i++) {
      const equityNow = Math.max(equity[i]!, floor);
      const priceNow = this.counted(price[i]!);
      // Before its first MARKET an asset has neither return nor drawdown.
      const assetReturn = Number.isNaN(priceBefore) ? 0 : Math.log(priceNow / priceBefore);
      const assetDrawdown = Number.isNaN(priceNow) ? 0 : 1 - priceNow / this.assetPeak.push(priceNow);
      const drawdown = 1 - equityNow / this.equityPeak.push(equityNow);
      const excess = Math.max(0, drawdown - assetDrawdown);
      out[i] = Math.log(equityNow / equityBefore) - assetReturn - this.drawdownScale * excess;
      equityBefore = equityNow;
      priceBefore = priceNow;
    }
  }

  /** The price as a logarithm sees it: at least a small part of the first one. */
  private counted(price: number): number {
    if (Number.isNaN(this.firstPrice)) this.firstPrice = price;
    return Math.max(price, LOG_FLOOR * Math.abs(this.firstPrice));
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
