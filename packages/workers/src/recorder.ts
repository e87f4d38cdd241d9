import type { FillEvent, Order, OrderReason, Recorder, Simulation, StepColumns } from '@ergodic/core';
import { FanCounts } from './fan.ts';
import { GrowingColumns } from './growing.ts';
import type { RejectRow } from './outputs/points-spec.ts';
import { TRAINING_FIELDS } from './training/fields.ts';

/** Names of the streams' columns, in storage order. */
export function streamColumns(simulation: Pick<Simulation, 'symbols' | 'rewardNames'>): {
  equity: string[];
  rewards: string[];
  fills: string[];
} {
  const { symbols, rewardNames } = simulation;
  return {
    equity: [
      'episode',
      'step',
      'timeMs',
      'equity',
      'cash',
      'drawdown',
      ...symbols.map((symbol) => `price_${symbol}`),
      ...symbols.map((symbol) => `position_${symbol}`),
    ],
    rewards: ['episode', 'step', 'timeMs', 'reward', ...rewardNames.map((name) => `reward_${name}`)],
    fills: [
      'episode',
      'step',
      'timeMs',
      'symbol',
      'orderId',
      'orderSide',
      'filledQty',
      'price',
      'commission',
      'slippage',
      'liquidity',
      'spread',
      'impact',
    ],
  };
}

/** Columns of records and streams that hold whole numbers, in tables and in points. */
const WHOLE = [
  'steps',
  'orders',
  'fills',
  'rejects',
  'episode',
  'step',
  'timeMs',
  'orderId',
  'longestDrawdown',
  ...TRAINING_FIELDS,
];
export const WHOLE_COLUMNS: ReadonlySet<string> = new Set(WHOLE);

/** Codes of text columns of the fills. */
export const SIDES = ['buy', 'sell'] as const;
export const LIQUIDITIES = ['maker', 'taker'] as const;

/** Cash and positions from a step on, until the next change. */
interface Holdings {
  readonly step: number;
  readonly cash: number;
  readonly position: Float64Array;
}

/**
 * Watches the episodes of one batch after the other: the equity fan for all of them, full streams for the recorded ones. Steps come in blocks
 * after the fact, fills at once, so holdings are kept as changes by step.
 */
export class BatchRecorder implements Recorder {
  readonly equity: GrowingColumns;
  readonly rewards: GrowingColumns;
  readonly fills: GrowingColumns;
  readonly fan: FanCounts;
  /** Of recorded episodes. No table has them: they are for outputs. */
  rejects: RejectRow[] = [];
  private readonly simulation: Simulation;
  private readonly every: number;
  private readonly keepsRejects: boolean;
  private episode = 0;
  private isRecording = false;
  private changes: Holdings[] = [];
  private peak = 0;
  private lastStep = -1;

  constructor(simulation: Simulation, fanSteps: readonly number[], keepsRejects: boolean) {
    this.simulation = simulation;
    this.keepsRejects = keepsRejects;
    this.every = simulation.config.record.every;
    const names = streamColumns(simulation);
    this.equity = new GrowingColumns(names.equity.length);
    this.rewards = new GrowingColumns(names.rewards.length);
    this.fills = new GrowingColumns(names.fills.length);
    this.fan = new FanCounts(fanSteps);
  }

  /** Starts a batch: what a canceled one left is dropped. */
  clear(): void {
    this.equity.length = this.rewards.length = this.fills.length = 0;
    this.fan.clear();
    this.rejects = [];
  }

  begin(episode: number, isRecording: boolean): void {
    this.episode = episode;
    this.isRecording = isRecording;
    this.peak = 0;
    this.lastStep = -1;
    this.changes = [];
    this.fan.begin();
  }

  fill(fill: FillEvent, step: number): void {
    if (!this.isRecording) return;
    const { order } = fill;
    const row = this.fills.addRow();
    const values = [
      this.episode,
      step,
      fill.timeMs,
      fill.symbolIndex,
      order.orderId,
      SIDES.indexOf(order.orderSide),
      fill.filledQty,
      fill.price,
      fill.commission,
      fill.slippage,
      LIQUIDITIES.indexOf(fill.liquidity),
      fill.spread,
      fill.impact,
    ];
    for (let i = 0; i < values.length; i++) this.fills.set(row, i, values[i]!);
    const { account } = this.simulation;
    this.changes.push({ step, cash: account.cash, position: account.position.slice() });
  }

  reject(order: Order, reason: OrderReason, step: number, timeMs: number): void {
    if (this.isRecording && this.keepsRejects)
      this.rejects.push({ episode: this.episode, step, timeMs, order, reason });
  }

  steps(columns: StepColumns, from: number, to: number, total: Float64Array, rewards: readonly Float64Array[]): void {
    this.fan.steps(columns, from, to);
    if (!this.isRecording) return;
    if (this.lastStep < 0) {
      // Nothing fills before step 0 is marked.
      const { initialCash } = this.simulation.account;
      this.changes.push({ step: 0, cash: initialCash, position: new Float64Array(columns.price.length) });
    }
    for (let slot = from; slot <= to; slot++) this.step(columns, slot, total, rewards);
  }

  /** The episode ended at this state of the columns: its last step is kept whatever `every` says. */
  end(columns: StepColumns): void {
    this.fan.end();
    const step = columns.base + columns.count;
    if (this.isRecording && step > this.lastStep) this.addEquity(columns, columns.count, step);
  }

  private step(columns: StepColumns, slot: number, total: Float64Array, rewards: readonly Float64Array[]): void {
    const step = columns.base + slot;
    if (columns.equity[slot]! > this.peak) this.peak = columns.equity[slot]!;
    if (step % this.every !== 0) return;
    this.addEquity(columns, slot, step);
    if (step === 0) return;
    const row = this.rewards.addRow();
    this.rewards.set(row, 0, this.episode);
    this.rewards.set(row, 1, step);
    this.rewards.set(row, 2, columns.timeMs[slot]!);
    this.rewards.set(row, 3, total[slot]!);
    for (let i = 0; i < rewards.length; i++) this.rewards.set(row, 4 + i, rewards[i]![slot]!);
  }

  private addEquity(columns: StepColumns, slot: number, step: number): void {
    this.lastStep = step;
    const equity = columns.equity[slot]!;
    while (this.changes.length > 1 && this.changes[1]!.step <= step) this.changes.shift();
    const { cash, position } = this.changes[0]!;
    const row = this.equity.addRow();
    this.equity.set(row, 0, this.episode);
    this.equity.set(row, 1, step);
    this.equity.set(row, 2, columns.timeMs[slot]!);
    this.equity.set(row, 3, equity);
    this.equity.set(row, 4, cash);
    this.equity.set(row, 5, this.peak > 0 ? Math.max(0, 1 - equity / this.peak) : 0);
    const symbols = columns.price.length;
    for (let i = 0; i < symbols; i++) {
      this.equity.set(row, 6 + i, columns.price[i]![slot]!);
      this.equity.set(row, 6 + symbols + i, position[i]!);
    }
  }
}
