import { percent } from '../../format.ts';
import { type Html, html } from '../../html.ts';
import { replayCommand } from '../../sections/episodes.ts';
import { table } from '../../sections/section.ts';
import type { PathDifference } from '../data/spread.ts';
import type { PairData } from '../load.ts';
import { lettersOf, type Part, part } from './part.ts';

/** The paths on which the runs are furthest apart, and how to look at them. */
export function extremesPart(pair: PairData): Part | undefined {
  const { best, worst } = pair;
  if (best.length + worst.length === 0) return undefined;
  const [a, b] = lettersOf(pair);
  const [id, title] = ['extremes', 'The paths that differ most'];
  return part(
    id,
    title,
    pathTable(`In favour of ${b}`, best, [a, b]),
    pathTable(`Against ${b}`, worst, [a, b]),
    html`<details class="method"><summary>Commands that replay them</summary>
<pre><code>${commands(pair)}</code></pre></details>`,
  );
}

function pathTable(
  caption: string,
  paths: readonly PathDifference[],
  [a, b]: readonly [string, string],
): Html | undefined {
  if (paths.length === 0) return undefined;
  return table({
    caption: `${caption}: total return on the same path`,
    head: ['Episode', a, b, `${b} − ${a}`],
    rows: paths.map((path) => [String(path.episode), percent(path.a), percent(path.b), percent(path.b - path.a)]),
    className: 'fit',
  });
}

function commands({ best, worst, comparison, candidate }: PairData): string {
  const dirs = [comparison.baseline.dir, candidate.run.dir];
  return [...best, ...worst].flatMap(({ episode }) => dirs.map((dir) => replayCommand(dir, episode))).join('\n');
}
