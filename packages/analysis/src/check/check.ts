import { checkFigure, parseFigure, TAIL } from '@ergodic/statistics';
import { checkSamePaths, MarketsDifferError } from '../compare/same-paths.ts';
import { isOneHistory } from '../ledger/history.ts';
import type { StoredRun } from '../run.ts';
import { type Assertion, AssertionError } from './assertion.ts';
import { type Finding, judge, type Tables } from './finding.ts';
import { judgeRegressions, REGRESSIONS } from './regressions.ts';
import type { Verdict } from './verdict.ts';

/** The outcome of a check. */
export interface Check {
  readonly run: CheckedRun;
  readonly baseline: (CheckedRun & { readonly isPaired: boolean; readonly episodesCompared: number }) | null;
  /** `failed` where one did, else `undecided` where one is. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Remarks for a person, one line each. */
  readonly notices: readonly string[];
}

export interface CheckedRun {
  readonly id: string;
  readonly dir: string;
  readonly seed: string;
  readonly digest: string;
  readonly marketKey: string;
  readonly episodes: number;
  readonly failed: number;
}

/**
 * Holds assertions against a run. With a baseline that no assertion names, nothing may have become worse beyond noise as well
 * (`REGRESSIONS`).
 *
 * @throws AssertionError, FigureError where an assertion asks for what the runs do not have
 */
export async function checkRun(
  run: StoredRun,
  assertions: readonly Assertion[],
  baseline: StoredRun | null = null,
): Promise<Check> {
  checkAssertions(assertions, run.manifest.layout.fields, baseline !== null);
  const hasDefault = baseline !== null && assertions.every(({ factor }) => factor === 0);
  const tables = await loadTables(run, baseline, assertions, hasDefault);
  const findings = [
    ...assertions.map((assertion) => judge(assertion, tables)),
    ...(hasDefault ? judgeRegressions(tables) : []),
  ];
  const compared = tables.baseline;
  return {
    run: describeRun(run),
    baseline:
      baseline === null || compared === null
        ? null
        : { ...describeRun(baseline), isPaired: compared.isPaired, episodesCompared: compared.other.episodes },
    verdict: overall(findings.map(({ verdict }) => verdict)),
    findings,
    notices: noticesOf(run, baseline, tables),
  };
}

/** Holds assertions against the columns of a run, so that a slip is told before the run. Throws AssertionError, FigureError. */
export function checkAssertions(
  assertions: readonly Assertion[],
  fields: readonly string[],
  hasBaseline: boolean,
): void {
  for (const { text, figure, factor } of assertions) {
    checkFigure(figure, fields);
    if (factor === 0 || hasBaseline) continue;
    throw new AssertionError(text, text.indexOf('baseline'), 'there is no baseline; name one with --baseline RUN');
  }
}

export function overall(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('failed')) return 'failed';
  return verdicts.includes('undecided') ? 'undecided' : 'passed';
}

async function loadTables(
  run: StoredRun,
  baseline: StoredRun | null,
  assertions: readonly Assertion[],
  hasDefault: boolean,
): Promise<Tables> {
  const columnsOf = (wanted: readonly Assertion[]): string[] => wanted.flatMap(({ figure }) => figure.columns);
  const compared = [
    ...columnsOf(assertions.filter(({ factor }) => factor !== 0)),
    ...(hasDefault ? REGRESSIONS.flatMap(({ figure }) => parseFigure(figure).columns) : []),
  ];
  const tail = tailOf(run);
  const own = await run.episodes([...columnsOf(assertions), ...compared]);
  if (baseline === null) return { own, baseline: null, tail };
  const unlike = await unlikePaths(run, baseline);
  const isPaired = unlike === undefined;
  const [ours, theirs] = [run, baseline].map(({ manifest }) => manifest.config.episodes) as [number, number];
  const common = Math.min(ours, theirs);
  const other = await baseline.episodes(compared, isPaired ? common : theirs);
  const same = isPaired && common < ours ? await run.episodes(compared, common) : own;
  return { own, baseline: { own: same, other, isPaired, unlike }, tail };
}

/** Why the paths of two runs are not the same; undefined where they are. */
async function unlikePaths(run: StoredRun, baseline: StoredRun): Promise<string | undefined> {
  try {
    await checkSamePaths(run, baseline);
    return undefined;
  } catch (error) {
    if (error instanceof MarketsDifferError) return error.message;
    throw error;
  }
}

/** Of a run that ended by `--until` its intervals are those of the check that ended it: they hold although it was looked at before. */
function tailOf({ manifest }: StoredRun): number {
  return manifest.until?.checks.at(-1)?.tail ?? TAIL;
}

function noticesOf(run: StoredRun, baseline: StoredRun | null, tables: Tables): string[] {
  const notices: string[] = [];
  const { until, layout, config } = run.manifest;
  if (until !== undefined) {
    const level = Number((100 * (1 - tables.tail)).toPrecision(4));
    notices.push(
      `the run could end early (--until ${until.text}): intervals are at ${level} %, to hold over all its checks`,
    );
  }
  if (isOneHistory(config)) {
    notices.push('every episode has the same prices: this is one observation, and says nothing of another history');
  }
  if (baseline === null || tables.baseline === null) return notices;
  const { dir, manifest } = baseline;
  const { unlike } = tables.baseline;
  if (unlike !== undefined) {
    notices.push(`${unlike}; compared as independent runs, which takes many more episodes`);
  } else if (manifest.config.episodes !== config.episodes) {
    notices.push(`compared over the first ${tables.baseline.other.episodes} episodes, which both runs have`);
  }
  if (manifest.layout.stepsPerYear !== layout.stepsPerYear) {
    notices.push(`${dir}: has a year of ${manifest.layout.stepsPerYear} steps, this run one of ${layout.stepsPerYear}`);
  }
  return notices;
}

function describeRun({ dir, manifest, summary }: StoredRun): CheckedRun {
  const { id, seed, marketKey } = manifest;
  const { requested, failed } = summary.episodes;
  return { id, dir, seed, digest: summary.digest, marketKey, episodes: requested, failed };
}
