import { roundToTick } from '../config/instrument.ts';
import type { ExecutionConfig } from '../config/schema.ts';
import type { Liquidity } from '../events/order.ts';

/** The price of a taker fill: worse than the reference by the slippage, then rounded to the tick on the worse side. */
export function slippedPrice(config: ExecutionConfig, reference: number, sign: number, tickSize: number): number {
  const slipped = reference + sign * Math.abs(reference) * config.slippage.bps * 1e-4;
  return roundToTick(slipped, tickSize, sign);
}

/** Commission of a fill, quote currency: fee rate x traded value. */
export function commissionOf(config: ExecutionConfig, price: number, quantity: number, liquidity: Liquidity): number {
  return Math.abs(price) * quantity * (liquidity === 'maker' ? config.fees.maker : config.fees.taker);
}
