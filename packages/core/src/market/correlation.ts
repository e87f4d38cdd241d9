import { ConfigError } from '../config/errors.ts';
import type { MarketConfig } from '../config/markets.ts';
import type { CorrelationConfig } from '../config/schema.ts';
import type { RandomStream } from '../random/stream.ts';
import type { MarketDataHandler } from './handler.ts';
import type { CorrelatedNormals } from './processes/process.ts';

const BLOCK = 256;
/** Rounding of a matrix that is given with a few digits, or that is on the edge, as perfect correlation is. */
const TOLERANCE = 1e-9;

/**
 * Shocks of several symbols with a given correlation at each step: factor · z, where z are the symbols' own normals and factor the
 * lower Cholesky factor of the matrix (Glasserman 2003, 2.3.3).
 *
 * Each symbol takes its shocks at its own pace; a block of them is kept until the last symbol has passed it.
 */
export class CorrelatedShocks {
  private readonly factor: readonly Float64Array[];
  private readonly streams: (RandomStream | null)[];
  private readonly own: readonly Float64Array[];
  /** Blocks that not all symbols have passed; the first has number `firstBlock`. */
  private blocks: Float64Array[][] = [];
  private firstBlock = 0;
  private spare: Float64Array[][] = [];
  private readonly lanes: readonly ShockLane[];

  /** `matrix`: as `choleskyFactor` takes it. */
  constructor(matrix: readonly (readonly number[])[]) {
    const { factor } = choleskyFactor(matrix);
    this.factor = factor;
    this.streams = factor.map(() => null);
    this.own = factor.map(() => new Float64Array(BLOCK));
    this.lanes = factor.map((_, i) => new ShockLane(this, i));
  }

  /** The shocks of the i-th symbol. */
  lane(i: number): CorrelatedNormals {
    return this.lanes[i]!;
  }

  /** All symbols begin an episode before any takes a shock; what was left of the one before is dropped. */
  begin(i: number, random: RandomStream): void {
    this.streams[i] = random;
    this.spare.push(...this.blocks);
    this.blocks = [];
    this.firstBlock = 0;
  }

  /** Shocks `number · 256` and up of the i-th symbol. */
  block(number: number, i: number): Float64Array {
    while (number >= this.firstBlock + this.blocks.length) this.blocks.push(this.nextBlock());
    return this.blocks[number - this.firstBlock]![i]!;
  }

  /** Drops the blocks that every symbol has passed. */
  release(): void {
    const needed = Math.min(...this.lanes.map((lane) => lane.blockNumber));
    for (; this.firstBlock < needed && this.blocks.length > 0; this.firstBlock++) this.spare.push(this.blocks.shift()!);
  }

  private nextBlock(): Float64Array[] {
    const { factor, own } = this;
    const block = this.spare.pop() ?? factor.map(() => new Float64Array(BLOCK));
    for (let j = 0; j < own.length; j++) this.streams[j]!.fillNormal(own[j]!, 0, BLOCK);
    for (let i = 0; i < block.length; i++) {
      block[i]!.fill(0);
      for (let j = 0; j <= i; j++) addScaled(factor[i]![j]!, own[j]!, block[i]!);
    }
    return block;
  }
}

function addScaled(weight: number, from: Float64Array, to: Float64Array): void {
  if (weight === 0) return;
  for (let k = 0; k < BLOCK; k++) to[k]! += weight * from[k]!;
}

class ShockLane implements CorrelatedNormals {
  private readonly shared: CorrelatedShocks;
  private readonly index: number;
  private taken = 0;

  constructor(shared: CorrelatedShocks, index: number) {
    this.shared = shared;
    this.index = index;
  }

  get blockNumber(): number {
    return Math.floor(this.taken / BLOCK);
  }

  begin(random: RandomStream): void {
    this.taken = 0;
    this.shared.begin(this.index, random);
  }

  normal(): number {
    const value = this.shared.block(this.blockNumber, this.index)[this.taken % BLOCK]!;
    this.taken++;
    if (this.taken % BLOCK === 0) this.shared.release();
    return value;
  }

  fillNormal(out: Float64Array, from: number, to: number): void {
    let at = from;
    while (at < to) {
      const offset = this.taken % BLOCK;
      const n = Math.min(to - at, BLOCK - offset);
      out.set(this.shared.block(this.blockNumber, this.index).subarray(offset, offset + n), at);
      at += n;
      this.taken += n;
      if (this.taken % BLOCK === 0) this.shared.release();
    }
  }
}

/**
 * The lower triangular factor of a symmetric, positive semidefinite matrix with a diagonal of 1. `deficit` is 0, or how far
 * the matrix is from being one: the most negative remainder that had to be taken for 0.
 */
export function choleskyFactor(matrix: readonly (readonly number[])[]): { factor: Float64Array[]; deficit: number } {
  const n = matrix.length;
  const factor = matrix.map(() => new Float64Array(n));
  let deficit = 0;
  for (let j = 0; j < n; j++) {
    let rest = matrix[j]![j]!;
    for (let k = 0; k < j; k++) rest -= factor[j]![k]! * factor[j]![k]!;
    const pivot = rest > TOLERANCE ? Math.sqrt(rest) : 0;
    if (pivot === 0) deficit = Math.max(deficit, -rest);
    factor[j]![j] = pivot;
    for (let i = j + 1; i < n; i++) {
      let covariance = matrix[i]![j]!;
      for (let k = 0; k < j; k++) covariance -= factor[i]![k]! * factor[j]![k]!;
      factor[i]![j] = pivot === 0 ? 0 : covariance / pivot;
      // A symbol without variance of its own cannot go along with another.
      if (pivot === 0) deficit = Math.max(deficit, Math.abs(covariance));
    }
  }
  return { factor, deficit };
}

/** Whether a symmetric matrix with a diagonal of 1 is one, up to rounding. */
export function isPositiveSemidefinite(matrix: readonly (readonly number[])[]): boolean {
  return choleskyFactor(matrix).deficit <= TOLERANCE * matrix.length;
}

/**
 * Checks that a correlation can be had by the markets. Throws ConfigError, its paths from the root of the config.
 */
export function checkCorrelation(config: CorrelationConfig, markets: Readonly<Record<string, MarketConfig>>): void {
  const { symbols, matrix } = config;
  for (const [i, symbol] of symbols.entries()) checkMarket(symbol, i, markets);
  checkAlike(symbols, markets);
  const fail = (path: (string | number)[], rule: string, received: unknown, hint?: string): never => {
    const issue = { path: ['correlation', 'matrix', ...path], rule, received };
    throw new ConfigError([hint === undefined ? issue : { ...issue, hint }]);
  };
  const n = symbols.length;
  if (matrix.length !== n) fail([], `must have ${n} rows, one for each symbol`, matrix.length);
  for (const [i, row] of matrix.entries()) {
    if (row.length !== n) fail([i], `must have ${n} numbers, one for each symbol`, row.length);
    if (row[i] !== 1) fail([i, i], 'must be 1, a symbol correlates with itself', row[i]);
    for (let j = 0; j < i; j++) {
      if (row[j] !== matrix[j]![i]) fail([i, j], `must be that of [${j}][${i}], ${matrix[j]![i]}`, row[j]);
    }
  }
  if (isPositiveSemidefinite(matrix)) return;
  const lowest = smallestEigenvalue(matrix);
  // (1 − s)·identity + s·matrix has the eigenvalues 1 − s + s·λ.
  const share = Math.floor(1e4 / (1 - lowest)) / 1e4;
  const rule = 'must be positive semidefinite: no numbers have these correlations all at once';
  const received = `smallest eigenvalue ${lowest.toPrecision(3)}`;
  fail([], rule, received, `${share} times those off the diagonal would do`);
}

function checkMarket(symbol: string, i: number, markets: Readonly<Record<string, MarketConfig>>): void {
  const path = ['correlation', 'symbols', i];
  const market = Object.hasOwn(markets, symbol) ? markets[symbol] : undefined;
  if (market === undefined) {
    throw new ConfigError([
      { path, rule: `must be one of the markets ${Object.keys(markets).join(', ')}`, received: symbol },
    ]);
  }
  if (market.process !== 'replay' && market.process !== 'bootstrap') return;
  const rule = `must be a simulated market, ${market.process} has no shocks`;
  const hint = 'histories move together with joint: true, or with start: random';
  throw new ConfigError([{ path, rule, received: symbol, hint }]);
}

/**
 * Checks that the k-th shock of one handler belongs to the time of the k-th of another: where the candles of a symbol have
 * sub-steps, all have as many. Throws ConfigError.
 */
export function checkShockTimes(
  config: CorrelationConfig,
  symbols: readonly string[],
  handlers: readonly MarketDataHandler[],
): void {
  const substeps = (symbol: string): number => handlers[symbols.indexOf(symbol)]?.substeps ?? 1;
  const hint = `set candles: { substeps: ${Math.max(...config.symbols.map(substeps))} } for each of them`;
  needAlike(config.symbols, 'candles.substeps', substeps, '1', hint);
}

/** Shocks of a fractional Brownian motion belong to frequencies, not to times. */
function checkAlike(symbols: readonly string[], markets: Readonly<Record<string, MarketConfig>>): void {
  const hurst = (symbol: string): number | undefined => {
    const market = markets[symbol]!;
    return market.process === 'fbm' ? market.hurst : undefined;
  };
  needAlike(symbols, 'hurst of a fractional Brownian motion', hurst, 'none');
}

function needAlike(
  symbols: readonly string[],
  what: string,
  of: (symbol: string) => number | undefined,
  none: string,
  hint?: string,
): void {
  const wanted = of(symbols[0]!);
  for (const [i, symbol] of symbols.entries()) {
    if (of(symbol) === wanted) continue;
    const rule = `must have the ${what} that ${symbols[0]} has, ${wanted ?? none}, to be correlated with it`;
    const issue = { path: ['correlation', 'symbols', i], rule, received: of(symbol) ?? none };
    throw new ConfigError([hint === undefined ? issue : { ...issue, hint }]);
  }
}

/** By Jacobi rotations (Golub and Van Loan 2013, "Matrix Computations", 8.5). */
export function smallestEigenvalue(matrix: readonly (readonly number[])[]): number {
  const a = matrix.map((row) => Float64Array.from(row));
  const n = a.length;
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        off += Math.abs(a[p]![q]!);
        rotate(a, p, q);
      }
    }
    if (off < 1e-14 * n) break;
  }
  return Math.min(...a.map((row, i) => row[i]!));
}

function rotate(a: readonly Float64Array[], p: number, q: number): void {
  if (a[p]![q] === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < a.length; k++) {
    const kp = a[k]![p]!;
    const kq = a[k]![q]!;
    a[k]![p] = c * kp - s * kq;
    a[k]![q] = s * kp + c * kq;
  }
  for (let k = 0; k < a.length; k++) {
    const pk = a[p]![k]!;
    const qk = a[q]![k]!;
    a[p]![k] = c * pk - s * qk;
    a[q]![k] = s * pk + c * qk;
  }
}
