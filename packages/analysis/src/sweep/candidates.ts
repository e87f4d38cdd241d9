import { type Config, ConfigError, describeIssue, startsWith } from '@ergodic/core';
import type { AdmittedTrial, TrialBench } from '@ergodic/workers';
import { SweepError } from './error.ts';
import type { Parameter } from './parameters.ts';
import type { Search } from './search.ts';

/** Candidates whose simulations are built at once. */
const GROUP = 250;
/** A random search gives up where so many draws are refused for each that is taken. */
const MOST_REFUSED = 100;
const REASONS = 20;
/** Rules that differ in their numbers alone are one. */
const NUMBER = /-?\d[\d.]*(e[-+]?\d+)?/g;

/** The config of a candidate. Throws ConfigError where its values make none. */
export type ConfigOf = (values: readonly unknown[]) => Promise<Config>;

/** Combinations of values that no simulation can be built of. */
export interface Refusals {
  readonly count: number;
  /** Rule and an example, for the first kinds of them. */
  readonly reasons: readonly { readonly rule: string; readonly count: number; readonly example: string }[];
}

export interface Candidates {
  readonly values: readonly (readonly unknown[])[];
  readonly trials: readonly AdmittedTrial[];
  readonly refusals: Refusals;
}

/**
 * Takes candidates from a search, at most so many, and builds each once. Combinations that do not go together are counted and left
 * out; a value that is wrong in itself is an error. Throws SweepError.
 */
export async function gatherCandidates(
  search: Search,
  most: number,
  parameters: readonly Parameter[],
  { bench, configOf }: { readonly bench: TrialBench; readonly configOf: ConfigOf },
): Promise<Candidates> {
  const values: (readonly unknown[])[] = [];
  const trials: AdmittedTrial[] = [];
  const refusals = new RefusalCounts();
  for (;;) {
    const room = Math.min(GROUP, most - trials.length);
    const group = take(search, room);
    if (group.length === 0) break;
    const configs = await Promise.all(group.map((candidate) => configOrError(configOf, candidate)));
    const sound = configs.filter((config): config is Config => !(config instanceof ConfigError));
    const admitted = await bench.admit(sound, trials.length + 1);
    let next = 0;
    for (const [i, config] of configs.entries()) {
      const answer = config instanceof ConfigError ? config : admitted[next++]!;
      if (answer instanceof ConfigError) {
        refuseWrongValue(answer, parameters);
        refusals.add(answer, parameters, group[i]!);
      } else {
        values.push(group[i]!);
        trials.push(renumbered(answer, trials.length + 1));
      }
    }
    if (refusals.count > MOST_REFUSED * (trials.length + GROUP)) break;
  }
  if (trials.length === 0) throw new SweepError(refusals.describeAll());
  return { values, trials, refusals: refusals.summary };
}

/** Candidates of a sweep that goes on: all were built before. */
export async function regather(
  values: readonly (readonly unknown[])[],
  { bench, configOf }: { readonly bench: TrialBench; readonly configOf: ConfigOf },
): Promise<AdmittedTrial[]> {
  const configs = await Promise.all(values.map(configOf));
  return (await bench.admit(configs, 1)).map((answer) => {
    if (answer instanceof ConfigError) throw answer;
    return answer;
  });
}

function take(search: Search, count: number): unknown[][] {
  const group: unknown[][] = [];
  while (group.length < count) {
    const candidate = search.next();
    if (candidate === null) break;
    group.push(candidate);
  }
  return group;
}

async function configOrError(configOf: ConfigOf, values: readonly unknown[]): Promise<Config | ConfigError> {
  try {
    return await configOf(values);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function renumbered(trial: AdmittedTrial, number: number): AdmittedTrial {
  return { ...trial, spec: { ...trial.spec, trial: number } };
}

/** An issue at the very place of a parameter is one of its value, not of how values go together. */
function refuseWrongValue(error: ConfigError, parameters: readonly Parameter[]): void {
  for (const issue of error.issues) {
    const parameter = parameters.find(({ path }) => startsWith(issue.path, path));
    if (parameter !== undefined) throw new SweepError(`${parameter.label}: ${describeIssue(issue)}`);
  }
}

/** Counts refused candidates by the rule that they break. */
class RefusalCounts {
  count = 0;
  private readonly kinds = new Map<string, { rule: string; count: number; example: string }>();

  add(error: ConfigError, parameters: readonly Parameter[], values: readonly unknown[]): void {
    this.count++;
    const [issue] = error.issues;
    const rule = describeIssue(issue!);
    const key = `${issue!.path.join()} ${issue!.rule.replaceAll(NUMBER, '#')}`;
    const kind = this.kinds.get(key);
    if (kind !== undefined) kind.count++;
    else if (this.kinds.size < REASONS) {
      const example = parameters.map(({ path }, k) => `${path.at(-1)} ${String(values[k])}`).join(', ');
      this.kinds.set(key, { rule, count: 1, example });
    }
  }

  get summary(): Refusals {
    return { count: this.count, reasons: [...this.kinds.values()] };
  }

  describeAll(): string {
    const reasons = [...this.kinds.values()].map(({ rule, count }) => `${rule} (${count} of them)`).join('; ');
    return `none of ${this.count} candidates can be run: ${reasons}; change the ranges of --param`;
  }
}
