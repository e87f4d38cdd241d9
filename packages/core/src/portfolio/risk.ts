import type { PortfolioConfig } from '../config/schema.ts';
import type { OrderReason } from '../events/events.ts';
import type { OpenList } from '../events/open-list.ts';
import type { Order } from '../events/order.ts';
import type { Account } from './account.ts';

/** Limits hold to this relative precision: 0.1 + 0.2 is within a limit of 0.3. */
const PRECISION = 1e-9;

type Working = OpenList<Order>;

function mayRest(order: Order): boolean {
  return order.orderType === 'limit' || order.orderType === 'stop';
}

/** The position once every working market order is filled, base units. */
export function certainPosition(account: Account, working: Working, symbolIndex: number): number {
  let position = account.position[symbolIndex]!;
  for (let i = 0; i < working.count; i++) {
    const order = working.at(i);
    if (order.symbolIndex === symbolIndex && !mayRest(order) && !order.isCancelRequested)
      position += order.sign * order.leavesQty;
  }
  return position;
}

/** Base units that resting orders of a side may still add: +1 the buys, -1 the sells that may open. */
function resting(working: Working, symbolIndex: number, sign: number): number {
  let quantity = 0;
  for (let i = 0; i < working.count; i++) {
    const order = working.at(i);
    if (order.symbolIndex !== symbolIndex || order.sign !== sign || !mayRest(order)) continue;
    if (order.reduceOnly || order.isCancelRequested) continue;
    quantity += order.leavesQty;
  }
  return quantity;
}

/** Largest value that a symbol's position may reach through its working orders, quote currency. */
function exposure(account: Account, working: Working, symbolIndex: number): number {
  const certain = certainPosition(account, working, symbolIndex);
  const highest = certain + resting(working, symbolIndex, 1);
  const lowest = certain - resting(working, symbolIndex, -1);
  return Math.max(Math.abs(highest), Math.abs(lowest)) * Math.abs(account.price[symbolIndex]!);
}

/**
 * Checks an order of `signedQty` base units against the limits, at the latest prices and with every working order filled.
 * Returns '' when it may be sent, else the reason. An order that only brings the position closer to zero always may.
 */
export function refusal(
  config: PortfolioConfig,
  account: Account,
  working: Working,
  symbolIndex: number,
  signedQty: number,
): OrderReason {
  const now = certainPosition(account, working, symbolIndex);
  const target = now + signedQty;
  const slack = PRECISION * Math.max(Math.abs(now), Math.abs(signedQty));
  if (!config.allowShort && signedQty < 0 && target < -slack) return 'SHORT_NOT_ALLOWED';
  if (Math.abs(target) <= Math.abs(now) + slack && target * now >= -slack * slack) return '';
  const equity = account.equity;
  if (!(equity > 0)) return 'NO_EQUITY';
  const { maxPosition, maxLeverage } = config.risk;
  // What is held now may be beyond a limit, by a loss or a commission: an order that leads elsewhere is not refused for it.
  const side = Math.sign(signedQty);
  const reached = Math.abs(target + side * resting(working, symbolIndex, side));
  if (maxPosition !== undefined) {
    if (reached > maxPosition * (1 + PRECISION)) return 'MAX_POSITION';
  }
  let gross = reached * Math.abs(account.price[symbolIndex]!);
  for (let i = 0; i < account.position.length; i++) {
    if (i !== symbolIndex && !Number.isNaN(account.price[i]!)) gross += exposure(account, working, i);
  }
  return gross > maxLeverage * equity * (1 + PRECISION) ? 'MAX_LEVERAGE' : '';
}
