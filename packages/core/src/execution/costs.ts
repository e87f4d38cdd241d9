import { roundToTick } from '../config/instrument.ts';
import type { ExecutionConfig } from '../config/schema.ts';
import type { Liquidity } from '../events/order.ts';

/** The price of a taker fill, and the parts of its distance from the reference, quote currency for each base unit. */
export interface TakerPrice {
  price: number;
  halfSpread: number;
  impact: number;
}

/**
 * The price of a taker fill: worse than the reference by slippage, half the spread and impact, then rounded to the tick on the worse
 * side. Impact is the square-root law: it grows with the root of the order's share of the candle's volume (Almgren, Thum, Hauptmann
 * and Li 2005, "Direct estimation of equity market impact"; Tóth et al. 2011), and no share is above 1. It passes with the order: the path of
 * the market does not move.
 */
export function takerPrice(
  config: ExecutionConfig,
  { reference, sign, tickSize, share }: { reference: number; sign: number; tickSize: number; share: number },
  out: TakerPrice,
): void {
  const size = Math.abs(reference);
  out.halfSpread = size * config.spread.bps * 5e-5;
  const { coefficient } = config.impact;
  out.impact = coefficient === 0 ? 0 : size * coefficient * Math.sqrt(Math.min(1, share));
  const distance = size * config.slippage.bps * 1e-4 + out.halfSpread + out.impact;
  out.price = roundToTick(reference + sign * distance, tickSize, sign);
}

/** Commission of a fill, quote currency: fee rate x traded value. */
export function commissionOf(config: ExecutionConfig, price: number, quantity: number, liquidity: Liquidity): number {
  return Math.abs(price) * quantity * (liquidity === 'maker' ? config.fees.maker : config.fees.taker);
}
