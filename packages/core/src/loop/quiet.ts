import type { LoopParts } from './parts.ts';
import type { Cursor } from './view.ts';

// Steps that are looked over at once.
const SHORTEST = 4;
const LONGEST = 64;
const AFTER_ACTION = 32;

/**
 * The marks of MARKETs at which nothing is due but the strategy, written some rows ahead of it.
 *
 * While no order fills, cash and positions stand still, so equity follows from the prices alone: passes over one symbol's
 * column at a time write it. (One nested loop over rows and symbols reads better and takes three times as long: V8 hoists
 * its checks out of innermost loops only.) The strategy is then called row by row; should it act, the loop leaves the
 * stretch there, and what was written further ahead is written again. `settle` brings account and columns to a row.
 */
export class QuietStretch {
  private readonly parts: LoopParts;
  private readonly cursor: Cursor;
  private length = SHORTEST;
  private settled = -1;

  constructor(parts: LoopParts, cursor: Cursor) {
    this.parts = parts;
    this.cursor = cursor;
  }

  begin(): void {
    this.length = SHORTEST;
  }

  /**
   * Marks rows from `start` on and returns the first that is not quiet: an event is due (at `dueMs`), the execution wants to
   * see it, the account is ruined by it, a price is no number, or it is `limit`. The lane must be regular.
   */
  prepare(start: number, limit: number, dueMs: number, length: number = this.length): number {
    this.settled = -1;
    const symbols = this.parts.symbols.length;
    let end = Math.min(limit, start + length * symbols);
    const { timeMs } = this.parts.lane.columns;
    while (end > start && timeMs[end - 1]! >= dueMs) end--;
    for (let s = 0; s < symbols; s++) end = this.untouched(s, symbols, start, end);
    const firstStep = Math.floor(start / symbols);
    let steps = Math.floor(end / symbols) - firstStep;
    for (let s = 0; s < symbols; s++) {
      const marked = this.markSymbol(s, symbols, firstStep, steps);
      if (marked === steps) continue;
      steps = marked;
      end = (firstStep + marked) * symbols + s;
    }
    return this.soundRest(Math.max(start, (firstStep + steps) * symbols), end);
  }

  /**
   * Marks the one step that starts at row `start`, for an agent that halts the loop at each: nothing is written ahead. Account,
   * columns and cursor stand at its end then. Returns false, and has changed nothing, where the step is not quiet.
   */
  markStep(start: number, dueMs: number): boolean {
    const { lane, portfolio, execution, columns, ruinEquity, symbols } = this.parts;
    const { account } = portfolio;
    const { timeMs, close, low, high } = lane.columns;
    const { length } = symbols;
    if (start + length > lane.quietRows || start % length !== 0 || timeMs[start]! >= dueMs) return false;
    const { attention } = execution;
    let marked = account.cash;
    let gross = 0;
    for (let s = 0; s < length; s++) {
      const row = start + s;
      if (low[row]! <= attention.low[s]! || high[row]! >= attention.high[s]!) return false;
      const value = account.position[s]! * close[row]!;
      marked += value;
      gross += Math.abs(value);
    }
    if (!(marked > ruinEquity && marked < Number.POSITIVE_INFINITY)) return false;
    const slot = columns.count + 1;
    for (let s = 0; s < length; s++) columns.price[s]![slot] = account.price[s] = close[start + s]!;
    columns.equity[slot] = marked;
    columns.gross[slot] = gross;
    columns.timeMs[slot] = timeMs[start]!;
    columns.count = slot;
    this.cursor.isOpen = 0;
    return true;
  }

  /** Rows of a step that is not complete are not marked: only their prices count. */
  private soundRest(from: number, end: number): number {
    const { close } = this.parts.lane.columns;
    for (let row = from; row < end; row++) if (close[row]! - close[row]! !== 0) return row;
    return end;
  }

  /** The first row of a symbol, before `end`, that touches one of its orders; else `end`. */
  private untouched(s: number, symbols: number, start: number, end: number): number {
    const { execution, lane } = this.parts;
    const attentionLow = execution.attention.low[s]!;
    const attentionHigh = execution.attention.high[s]!;
    if (attentionLow === Number.NEGATIVE_INFINITY && attentionHigh === Number.POSITIVE_INFINITY) return end;
    const { low, high } = lane.columns;
    let row = Math.floor(start / symbols) * symbols + s;
    if (row < start) row += symbols;
    for (; row < end; row += symbols) if (low[row]! <= attentionLow || high[row]! >= attentionHigh) return row;
    return end;
  }

  /**
   * Adds one symbol's position to the marks of the steps. Returns how many of them can be quiet: with the last symbol, those
   * above ruin; with any, those whose price is a number (zero times infinity is none either).
   */
  private markSymbol(s: number, symbols: number, firstStep: number, steps: number): number {
    const { lane, portfolio, columns, ruinEquity } = this.parts;
    const { close } = lane.columns;
    const { equity, gross } = columns;
    const { cash } = portfolio.account;
    const held = portfolio.account.position[s]!;
    const prices = columns.price[s]!;
    const lowest = s === symbols - 1 ? ruinEquity : Number.NEGATIVE_INFINITY;
    const from = firstStep + this.cursor.slotOffset;
    let row = firstStep * symbols + s;
    if (s === 0) {
      for (let i = 0; i < steps; i++) {
        const price = close[row]!;
        const value = held * price;
        const marked = cash + value;
        if (!(marked > lowest && marked < Number.POSITIVE_INFINITY)) return i;
        prices[from + i] = price;
        equity[from + i] = marked;
        gross[from + i] = Math.abs(value);
        row += symbols;
      }
    } else {
      for (let i = 0; i < steps; i++) {
        const price = close[row]!;
        const value = held * price;
        const marked = equity[from + i]! + value;
        if (!(marked > lowest && marked < Number.POSITIVE_INFINITY)) return i;
        prices[from + i] = price;
        equity[from + i] = marked;
        gross[from + i]! += Math.abs(value);
        row += symbols;
      }
    }
    return steps;
  }

  /** The strategy has seen the rows up to `row`: account, columns and cursor stand there. */
  settle(row: number): void {
    if (row === this.settled) return;
    this.settled = row;
    const { lane, portfolio, columns } = this.parts;
    const { price } = portfolio.account;
    const { close } = lane.columns;
    const symbols = price.length;
    for (let i = Math.max(0, row - symbols + 1); i <= row; i++) price[lane.symbolIndex[i]!] = close[i]!;
    const isClosed = lane.stepEnd[row]!;
    columns.count = lane.rowStep[row]! + this.cursor.slotOffset - 1 + isClosed;
    this.cursor.isOpen = 1 - isClosed;
  }

  /** Times of the block's steps from slot `from` to `to`: marking leaves them out. */
  writeTimes(from: number, to: number): void {
    const { lane, columns, symbols } = this.parts;
    if (!lane.isRegular) return;
    const { slotOffset } = this.cursor;
    for (let i = Math.max(from, slotOffset); i <= to; i++) {
      columns.timeMs[i] = lane.columns.timeMs[(i - slotOffset) * symbols.length]!;
    }
  }

  /**
   * After `rows` were delivered: a stretch that went through is followed by a longer one, one that was left by its like, as
   * strategies that act act again. What is marked beyond an action is marked in vain.
   */
  adapt(rows: number, isThrough: boolean): void {
    const steps = Math.ceil(rows / this.parts.symbols.length);
    if (isThrough) this.length = Math.min(2 * this.length, LONGEST);
    else this.length = Math.max(SHORTEST, Math.min(steps, AFTER_ACTION));
  }
}
