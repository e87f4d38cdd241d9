import { describeMachine } from '../machine.ts';
import { TOLERANCE, type Verdict } from './decision.ts';
import type { GateResult, WorkloadResult } from './measure.ts';

export interface Names {
  readonly base: string;
  readonly head: string;
}

const HEAD = ['workload', 'now ÷ base', '90 % interval', 'pairs', 'verdict'];
const COMMANDS: Readonly<Record<Verdict, string>> = { slower: 'error', undecided: 'warning', level: 'notice' };

/** The table of a person. */
export function renderGate({ workloads, verdict, seconds }: GateResult, names: Names): string {
  const rows = [HEAD, ...workloads.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  const notes = workloads
    .filter(({ isSameWork }) => !isSameWork)
    .map(({ name }) => `${name}: the builds trade differently; the ratio compares different work`);
  return [
    `engine ${names.head} against ${names.base}`,
    ...table,
    ...notes,
    '',
    `${sentence(verdict)} (${seconds.toFixed(0)} s)`,
  ].join('\n');
}

/** Lines that GitHub shows beside a pull request: one for each workload that is not level, else one for all. */
export function annotationsOf({ workloads, verdict }: GateResult, names: Names): string[] {
  if (verdict === 'level')
    return [`::notice title=Engine speed::${sentence(verdict)}: ${names.head} against ${names.base}`];
  return workloads
    .filter((workload) => workload.verdict !== 'level')
    .map(({ name, title, verdict: own, ratio }) => {
      const times = `${fixed(ratio.estimate)} times the time of ${names.base}, between ${fixed(ratio.low)} and ${fixed(ratio.high)}`;
      return `::${COMMANDS[own]} title=Engine speed: ${own}::${name} (${title}) takes ${times}`;
    });
}

/** The one JSON document of `--json`. */
export function documentOf(result: GateResult, names: Names): object {
  const { verdict, seconds } = result;
  const workloads = result.workloads.map(({ name, title, logRatios, isSameWork, verdict: own, ratio }) => ({
    name,
    title,
    verdict: own,
    ratio: ratio.estimate,
    interval90: Number.isFinite(ratio.high) ? [ratio.low, ratio.high] : null,
    pairs: logRatios.map(Math.exp),
    isSameWork,
  }));
  return { schema: 1, ...names, tolerance: TOLERANCE, verdict, seconds, machine: describeMachine(), workloads };
}

/** A line as the measurement goes on. */
export function progressOf({ name, logRatios, ratio, verdict }: WorkloadResult): string {
  const last = Math.exp(logRatios.at(-1)!);
  return `${name} pair ${logRatios.length}: ${fixed(last)}, all ${fixed(ratio.estimate)}, ${verdict}`;
}

function cells({ name, logRatios, ratio, verdict }: WorkloadResult): string[] {
  const interval = Number.isFinite(ratio.high) ? `${fixed(ratio.low)} to ${fixed(ratio.high)}` : '–';
  return [name, fixed(ratio.estimate), interval, String(logRatios.length), verdict];
}

function sentence(verdict: Verdict): string {
  const limit = `${100 * TOLERANCE} %`;
  if (verdict === 'slower') return `the engine is slower by more than ${limit}`;
  if (verdict === 'level') return `the engine is not slower by ${limit}`;
  return `undecided: the noise of this machine hides whether the engine is slower by ${limit}; run it again when it is idle`;
}

function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : '–';
}
