import { type Check, type Finding, intervalOf, levelOf, type Requirement, short } from '@ergodic/analysis';
import { count, table } from '../format.ts';
import { colorsFor } from '../output.ts';
import { typed } from '../runs.ts';

const TEXT_WIDTH = 40;
const COMPARED_WIDTH = 38;

/** What was found, for a person: at most 100 columns, but for reasons. */
export function renderCheck(check: Check, strategy: string): string {
  const { bold, dim } = colorsFor(process.stdout);
  const { run, findings } = check;
  const what = `strategy ${strategy}, seed ${run.seed}, ${count(run.episodes)} ${run.episodes === 1 ? 'episode' : 'episodes'}`;
  const lines = ['', `${bold(`Check of run ${run.id}`)}  ${dim(what)}`];
  lines.push(...plainLines(findings.filter(({ comparison }) => comparison === undefined)));
  lines.push(...comparedLines(check));
  // Of a failure that has an interval the table says it all.
  const open = findings.filter(
    ({ verdict, low }) => verdict === 'undecided' || (verdict === 'failed' && Number.isNaN(low)),
  );
  if (open.length > 0) lines.push('', ...open.flatMap(reasonLines));
  lines.push('', tally(findings));
  return `${lines.join('\n')}\n`;
}

/** Why the exit code is 1; empty where it is 0. */
export function exitNotices(
  { findings }: Check,
  requirements: readonly Requirement[],
  allowUndecided: boolean,
): string[] {
  const [failed, undecided] = (['failed', 'undecided'] as const).map(
    (wanted) => findings.filter(({ verdict }) => verdict === wanted).length,
  ) as [number, number];
  const some = (n: number): string => (n === 1 ? '1 assertion' : `${n} assertions`);
  return [
    ...(failed > 0 ? [`${some(failed)} failed`] : []),
    ...(undecided > 0 && !allowUndecided ? [`${some(undecided)} undecided; --allow-undecided would accept that`] : []),
    ...requirements.filter(({ isMet }) => !isMet).map(({ reason }) => reason),
  ];
}

function plainLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map((finding) => [
    shorten(finding.text, TEXT_WIDTH),
    short(finding.value),
    intervalOf(finding),
    finding.excess > 0 ? short(finding.excess) : '',
    finding.verdict,
  ]);
  return ['', ...withHeader(['', 'value', `${levelOf(findings[0]!.tail)} interval`, 'wrong by', ''], rows, [1, 3])];
}

function comparedLines({ findings, baseline }: Check): string[] {
  const { dim } = colorsFor(process.stdout);
  const compared = findings.filter(({ comparison }) => comparison !== undefined);
  if (baseline === null || compared.length === 0) return [];
  const rows = compared.map((finding) => [
    shorten(finding.text.replace(/ than baseline$/, ''), COMPARED_WIDTH),
    short(finding.comparison!.own),
    short(finding.comparison!.baseline),
    short(finding.value),
    intervalOf(finding),
    finding.verdict,
  ]);
  const how = baseline.isPaired ? `the same ${count(baseline.episodesCompared)} episodes, paired` : 'other paths';
  const title = `Against baseline ${typed(baseline.dir)}`;
  const header = ['', 'run', 'baseline', 'change', `${levelOf(compared[0]!.tail)} interval`, ''];
  return ['', `${title}  ${dim(how)}`, '', ...withHeader(header, rows, [1, 2, 3])];
}

/** Aligned columns; the last one, the verdict, has its colour. */
function withHeader(header: readonly string[], rows: readonly (readonly string[])[], right: number[]): string[] {
  const { dim } = colorsFor(process.stdout);
  const [first, ...rest] = table([header, ...rows], right);
  return [
    dim(first!),
    ...rest.map((line, i) => {
      const verdict = rows[i]!.at(-1)!;
      return `${line.slice(0, line.length - verdict.length)}${paint(verdict)}`;
    }),
  ];
}

function reasonLines({ text, reason, verdict }: Finding): string[] {
  return [`${paint(verdict)}  ${text}`, `  ${reason}`];
}

function tally(findings: readonly Finding[]): string {
  const of = (wanted: string): number => findings.filter(({ verdict }) => verdict === wanted).length;
  const parts = (['passed', 'failed', 'undecided'] as const).filter((name) => name === 'passed' || of(name) > 0);
  return parts.map((name) => `${of(name)} ${name}`).join(', ');
}

function paint(verdict: string): string {
  const { green, red, yellow } = colorsFor(process.stdout);
  if (verdict === 'passed') return green(verdict);
  return verdict === 'failed' ? red('FAILED') : yellow(verdict);
}

function shorten(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
