import { ActionError, describeSpace, type RandomStream, type Space, sizeOf } from '@ergodic/core';
import type { HeadKind, ModelContract } from './contract.ts';
import type { ModelIssue } from './errors.ts';
import type { TensorData } from './runtime.ts';

/** An output of a batch, which every run overwrites. */
export interface Output {
  readonly data: TensorData;
  readonly dims: readonly number[];
}

/** Makes actions of a model's outputs. */
export interface Head {
  /**
   * Writes the action of a row to `out[at…]`. `random`: the episode's own stream, where the action is drawn.
   *
   * @throws ActionError where the outputs are no numbers
   */
  choose(row: number, random: RandomStream, out: { [i: number]: number }, at: number): void;
}

/** What an action is made of. */
export interface HeadSetup {
  readonly contract: ModelContract;
  readonly outputs: Readonly<Record<string, Output>>;
  readonly space: Space;
  readonly rows: number;
  readonly deterministic: boolean;
}

/** The head that fits outputs and actions, or what stands against it. */
export function createHead(setup: HeadSetup): Head | readonly ModelIssue[] {
  const { contract, outputs, space, rows, deterministic } = setup;
  const { head: kind, hasLogStd } = contract;
  const output = outputs[kind]!;
  const misfit = fitIssues(setup);
  if (misfit.length > 0) return misfit;
  const issues = shapeIssues(kind, output, rows, widthOf(kind, space));
  if (hasLogStd) issues.push(...shapeIssues('log_std', outputs.log_std!, rows, sizeOf(space)));
  if (!deterministic && (kind === 'action' || (kind === 'mean' && !hasLogStd))) {
    const rule = 'with deterministic: false the file must have the output logits, or mean and log_std';
    issues.push({ rule, received: Object.keys(outputs).join(', '), hint: 'set deterministic: true' });
  }
  if (issues.length > 0) return issues;
  if (kind === 'action') return new ActionHead(output.data, sizeOf(space));
  if (space.type !== 'box') return new LogitsHead(output.data, choicesOf(space), deterministic);
  const deviation = deterministic ? undefined : outputs.log_std;
  return new GaussianHead(output.data, deviation, { low: space.low, high: space.high });
}

function choicesOf(space: Space): readonly number[] {
  if (space.type === 'discrete') return [space.n];
  return space.type === 'multi-discrete' ? space.nvec : [];
}

function widthOf(kind: HeadKind, space: Space): number {
  return kind === 'logits' ? choicesOf(space).reduce((sum, n) => sum + n, 0) : sizeOf(space);
}

function fitIssues({ contract, space }: HeadSetup): ModelIssue[] {
  const { head } = contract;
  const fits = head === 'action' || (head === 'logits') === (space.type !== 'box');
  if (fits) return [];
  const wanted = head === 'logits' ? 'a discrete or multi-discrete space' : 'a box';
  const rule = `the output ${head} is for actions of ${wanted}, environment.actions is ${describeSpace(space)}`;
  return [{ rule, hint: head === 'logits' ? 'name it mean, or change the actions' : 'name it logits' }];
}

/** Outputs are [batch, width]; log_std may be [width], and one number a row may be [batch]. */
function shapeIssues(name: string, { dims }: Output, rows: number, width: number): ModelIssue[] {
  const isBatch = dims[0] === rows && (dims.length === 2 ? dims[1] === width : dims.length === 1 && width === 1);
  const isShared = name === 'log_std' && dims.at(-1) === width && dims.slice(0, -1).every((dim) => dim === 1);
  if (isBatch || isShared) return [];
  const rule = `the output ${name} must be [batch, ${width}] for these actions`;
  return [{ rule, received: `[${['batch', ...dims.slice(1)].join(', ')}]` }];
}

/** Actions as they are. */
class ActionHead implements Head {
  private readonly data: TensorData;
  private readonly width: number;

  constructor(data: TensorData, width: number) {
    this.data = data;
    this.width = width;
  }

  choose(row: number, _: RandomStream, out: { [i: number]: number }, at: number): void {
    const { data, width } = this;
    for (let i = 0; i < width; i++) out[at + i] = Number(data[row * width + i]);
  }
}

/** The most likely choice, the first of equals; or one drawn with the probabilities softmax(logits). */
class LogitsHead implements Head {
  private readonly data: TensorData;
  private readonly choices: readonly number[];
  private readonly width: number;
  private readonly isGreedy: boolean;

  constructor(data: TensorData, choices: readonly number[], isGreedy: boolean) {
    this.data = data;
    this.choices = choices;
    this.width = choices.reduce((sum, n) => sum + n, 0);
    this.isGreedy = isGreedy;
  }

  choose(row: number, random: RandomStream, out: { [i: number]: number }, at: number): void {
    let from = row * this.width;
    for (let i = 0; i < this.choices.length; i++) {
      const n = this.choices[i]!;
      const best = this.best(from, n);
      out[at + i] = this.isGreedy ? best : this.draw(from, n, best, random);
      from += n;
    }
  }

  /** −Infinity rules a choice out. */
  private best(from: number, n: number): number {
    const { data } = this;
    let best = -1;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < n; k++) {
      const logit = data[from + k] as number;
      if (!(logit < Number.POSITIVE_INFINITY)) throw new ActionError(`the logits must be numbers, got ${logit}`);
      if (logit > highest) {
        highest = logit;
        best = k;
      }
    }
    if (best < 0) throw new ActionError('one of the logits must be above -Infinity, got none');
    return best;
  }

  /** By inversion: one uniform number a choice. */
  private draw(from: number, n: number, best: number, random: RandomStream): number {
    const { data } = this;
    const highest = data[from + best] as number;
    let total = 0;
    for (let k = 0; k < n; k++) total += Math.exp((data[from + k] as number) - highest);
    let left = random.nextDouble() * total;
    for (let k = 0; k < n; k++) {
      left -= Math.exp((data[from + k] as number) - highest);
      if (left < 0) return k;
    }
    // Rounding can leave a rest.
    return best;
  }
}

/** Means, or normal numbers around them; both clipped to the bounds. */
class GaussianHead implements Head {
  private readonly mean: TensorData;
  private readonly logStd: TensorData | undefined;
  /** 0 where all rows share a deviation. */
  private readonly logStdStride: number;
  private readonly bounds: { readonly low: Float32Array; readonly high: Float32Array };

  constructor(mean: TensorData, logStd: Output | undefined, bounds: { low: Float32Array; high: Float32Array }) {
    this.mean = mean;
    this.logStd = logStd?.data;
    this.logStdStride = logStd?.data.length === bounds.low.length ? 0 : bounds.low.length;
    this.bounds = bounds;
  }

  choose(row: number, random: RandomStream, out: { [i: number]: number }, at: number): void {
    const { mean, logStd, logStdStride, bounds } = this;
    const { low, high } = bounds;
    const width = low.length;
    for (let i = 0; i < width; i++) {
      let value = mean[row * width + i] as number;
      if (logStd !== undefined) value += Math.exp(logStd[row * logStdStride + i] as number) * random.normal();
      // Zero for numbers, NaN for anything else.
      if (value - value !== 0) throw new ActionError(`mean and log_std must give finite numbers, got ${value}`);
      out[at + i] = Math.min(Math.max(value, low[i]!), high[i]!);
    }
  }
}
