import { drawdownPenalty } from './drawdown.ts';
import { logReturn } from './log-return.ts';
import { orderFrequency } from './order-frequency.ts';
import { pnl } from './pnl.ts';
import { relative } from './relative.ts';
import type { RewardDefinition } from './term.ts';

export * from './term.ts';

/** The reward terms that `rewards[].use` knows by name. */
export const builtinRewards: Readonly<Record<string, RewardDefinition>> = {
  'log-return': logReturn,
  pnl,
  drawdown: drawdownPenalty,
  'order-frequency': orderFrequency,
  relative,
};
