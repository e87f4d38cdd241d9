import type { PortfolioConfig } from '../config/schema.ts';
import type { OrderReason } from '../events/events.ts';
import type { Order } from '../events/order.ts';
import type { Account } from './account.ts';

/** Limits hold to this relative precision: 0.1 + 0.2 is within a limit of 0.3. */
const PRECISION = 1e-9;

/** Positions to which the working orders may lead. */
interface Reach {
  /** Market orders that work count as filled. */
  readonly certain: number;
  readonly highest: number;
  readonly lowest: number;
}

/** Where position and working orders of a symbol may end, base units. */
function reach(account: Account, working: readonly Order[], symbolIndex: number): Reach {
  let certain = account.position[symbolIndex]!;
  let buys = 0;
  let sells = 0;
  for (const order of working) {
    if (order.symbolIndex !== symbolIndex) continue;
    if (order.orderType === 'limit' || order.orderType === 'stop') {
      if (order.sign > 0) buys += order.leavesQty;
      else if (!order.reduceOnly) sells += order.leavesQty;
    } else certain += order.sign * order.leavesQty;
  }
  return { certain, highest: certain + buys, lowest: certain - sells };
}

/** The position once every working market order is filled, base units. */
export function certainPosition(account: Account, working: readonly Order[], symbolIndex: number): number {
  return reach(account, working, symbolIndex).certain;
}

function exposureOf({ highest, lowest }: Reach, price: number): number {
  return Math.max(Math.abs(highest), Math.abs(lowest)) * Math.abs(price);
}

/**
 * Checks an order of `signedQty` base units against the limits, at the latest prices and with every working order filled.
 * Returns '' when it may be sent, else the reason. An order that only brings the position closer to zero always may.
 */
export function refusal(
  config: PortfolioConfig,
  account: Account,
  working: readonly Order[],
  symbolIndex: number,
  signedQty: number,
): OrderReason {
  const now = reach(account, working, symbolIndex);
  const target = now.certain + signedQty;
  const slack = PRECISION * Math.max(Math.abs(now.certain), Math.abs(signedQty));
  if (!config.allowShort && signedQty < 0 && target < -slack) return 'SHORT_NOT_ALLOWED';
  const reduces = Math.abs(target) <= Math.abs(now.certain) + slack && target * now.certain >= -slack * slack;
  if (reduces) return '';
  const equity = account.equity;
  if (!(equity > 0)) return 'NO_EQUITY';
  const then: Reach =
    signedQty > 0 ? { ...now, highest: now.highest + signedQty } : { ...now, lowest: now.lowest + signedQty };
  const { maxPosition, maxLeverage } = config.risk;
  const furthest = signedQty > 0 ? then.highest : -then.lowest;
  if (maxPosition !== undefined && furthest > maxPosition * (1 + PRECISION)) return 'MAX_POSITION';
  let gross = exposureOf(then, account.price[symbolIndex]!);
  for (let i = 0; i < account.position.length; i++) {
    if (i === symbolIndex || Number.isNaN(account.price[i]!)) continue;
    gross += exposureOf(reach(account, working, i), account.price[i]!);
  }
  return gross > maxLeverage * equity * (1 + PRECISION) ? 'MAX_LEVERAGE' : '';
}
