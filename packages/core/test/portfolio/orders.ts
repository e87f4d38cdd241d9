import { parseConfig } from '../../src/config/parse.ts';
import type { PortfolioConfig } from '../../src/config/schema.ts';
import { FillEvent, SignalEvent, type SignalTarget } from '../../src/events/events.ts';
import { Order, type OrderInstructions, type OrderSide, type OrderTerms } from '../../src/events/order.ts';
import { Portfolio } from '../../src/portfolio/portfolio.ts';

export const SYMBOLS = ['A', 'B', 'C'];

/** The portfolio section as a user writes it, with its defaults. */
export function portfolioConfig(section: object = {}): PortfolioConfig {
  return parseConfig({
    markets: { A: { process: 'gbm', price: 1, volatility: 0 } },
    strategy: { use: 'x' },
    portfolio: section,
  }).portfolio;
}

export function portfolioOf(
  section: object,
  prices: readonly number[],
  rounding: { lotSize?: number; tickSize?: number } = {},
): Portfolio {
  const instruments = prices.map((_, i) => ({ symbol: SYMBOLS[i]!, lotSize: 0, tickSize: 0, ...rounding }));
  const portfolio = new Portfolio(portfolioConfig(section), instruments);
  portfolio.account.price.set(prices);
  return portfolio;
}

export function target(wish: SignalTarget, instructions: OrderInstructions = {}, symbolIndex = 0): SignalEvent {
  return new SignalEvent(0, 1, SYMBOLS[symbolIndex]!, symbolIndex, wish, null, 0, instructions);
}

export function wish(
  side: OrderSide,
  quantity: number,
  instructions: OrderInstructions = {},
  symbolIndex = 0,
): SignalEvent {
  return new SignalEvent(0, 1, SYMBOLS[symbolIndex]!, symbolIndex, null, side, quantity, instructions);
}

/** Terms of a market order. */
export const MARKET_TERMS: OrderTerms = {
  orderType: 'market',
  timeInForce: 'GTC',
  limitPrice: Number.NaN,
  triggerPrice: Number.NaN,
  postOnly: false,
  reduceOnly: false,
};

export function fillOf(
  side: OrderSide,
  quantity: number,
  price: number,
  commission = 0,
  slippage = 0,
  symbolIndex = 0,
): FillEvent {
  const signal = wish(side, quantity, {}, symbolIndex);
  const order = new Order(signal, side, quantity, MARKET_TERMS, price, false);
  return new FillEvent(0, order, quantity, price, commission, slippage, 'taker');
}

/** Gives a portfolio a position at its current price, without commission. */
export function hold(portfolio: Portfolio, position: number, symbolIndex = 0): void {
  const side = position > 0 ? 'buy' : 'sell';
  portfolio.account.book(fillOf(side, Math.abs(position), portfolio.account.price[symbolIndex]!, 0, 0, symbolIndex));
}
