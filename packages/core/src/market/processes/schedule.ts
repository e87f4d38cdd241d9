import { durationMs } from '../../config/duration.ts';
import type { InTime } from '../../config/markets.ts';
import type { TimeGrid } from '../handler.ts';

/** Consecutive steps with one drift and one volatility. */
export interface Span {
  /** The first step after it; steps count from 0. */
  readonly until: number;
  /** Mean of the drift over a step. */
  readonly drift: number;
  /** Root of the mean of the squared volatility over a step. */
  readonly volatility: number;
}

/** A time, in steps since the start, from which on drift and volatility have given values. */
interface Piece {
  readonly from: number;
  readonly drift: number;
  readonly volatility: number;
}

/**
 * Drift and volatility that change at given times since the start, as means over each step: a change inside a step counts
 * for its part of the step, so that the integrals over any whole number of steps are exact.
 *
 * A place on the grid: `span` is that of the next step, `pass` goes on, `restart` goes back to the first step.
 */
export class Schedule {
  /** Root of the mean squared volatility over the steps of the grid, or in the long run where these have no end. */
  readonly typicalVolatility: number;
  private readonly spans: readonly Span[];
  private index = 0;
  private step = 0;

  constructor(drift: InTime, volatility: InTime, grid: TimeGrid) {
    this.spans = spansOf(piecesOf(drift, volatility, grid));
    this.typicalVolatility = typicalOf(this.spans, grid.steps);
  }

  restart(): void {
    this.index = 0;
    this.step = 0;
  }

  get span(): Span {
    return this.spans[this.index]!;
  }

  /** Goes on by at most `count` steps, not beyond the span, and returns by how many. */
  pass(count: number): number {
    const { until } = this.spans[this.index]!;
    const passed = Math.min(count, until - this.step);
    this.step += passed;
    if (this.step === until) this.index++;
    return passed;
  }
}

/** All changes of either, in order of time. */
function piecesOf(drift: InTime, volatility: InTime, grid: TimeGrid): Piece[] {
  const drifts = changesOf(drift, grid);
  const volatilities = changesOf(volatility, grid);
  const times = [...new Set([...drifts, ...volatilities].map(({ at }) => at))].sort((a, b) => a - b);
  let i = 0;
  let j = 0;
  return times.map((from) => {
    while (i + 1 < drifts.length && drifts[i + 1]!.at <= from) i++;
    while (j + 1 < volatilities.length && volatilities[j + 1]!.at <= from) j++;
    return { from, drift: drifts[i]!.value, volatility: volatilities[j]!.value };
  });
}

function changesOf(value: InTime, grid: TimeGrid): { at: number; value: number }[] {
  if (typeof value === 'number') return [{ at: 0, value }];
  return value.map((change) => ({ at: durationMs(change.from) / grid.intervalMs, value: change.value }));
}

/** Whole steps within a piece are a span; a step that pieces share is a span of its own, weighted by their parts of it. */
function spansOf(pieces: readonly Piece[]): Span[] {
  const spans: Span[] = [];
  let drift = 0;
  let variance = 0;
  for (const [i, piece] of pieces.entries()) {
    const end = pieces[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    let at = piece.from;
    if (!Number.isInteger(at)) {
      const until = Math.min(end, Math.ceil(at));
      drift += (until - at) * piece.drift;
      variance += (until - at) * piece.volatility * piece.volatility;
      at = until;
      if (Number.isInteger(at)) spans.push({ until: at, drift, volatility: Math.sqrt(variance) });
    }
    const whole = Math.floor(end);
    if (whole > at) {
      spans.push({ until: whole, drift: piece.drift, volatility: piece.volatility });
      at = whole;
    }
    if (Number.isInteger(at) && at < end) {
      drift = (end - at) * piece.drift;
      variance = (end - at) * piece.volatility * piece.volatility;
    }
  }
  return spans;
}

function typicalOf(spans: readonly Span[], steps: number): number {
  if (spans.length === 1 || steps === 0) return spans[0]!.volatility;
  if (steps === Number.POSITIVE_INFINITY) return spans.at(-1)!.volatility;
  let variance = 0;
  let from = 0;
  for (const { until, volatility } of spans) {
    const to = Math.min(until, steps);
    variance += ((to - from) / steps) * volatility * volatility;
    from = to;
  }
  return Math.sqrt(variance);
}
