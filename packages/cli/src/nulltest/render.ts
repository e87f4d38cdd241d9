import path from 'node:path';
import { type EdgeTest, type NullTest, wasMade } from '@ergodic/analysis';
import { count, table } from '../format.ts';
import { colorsFor } from '../output.ts';
import { typed } from '../runs.ts';
import { labeled } from '../sweep/text.ts';
import { certainty, marketsInWords, orderInWords, percent, stateInWords, verdictInWords } from './words.ts';

const RIGHT = [1, 2, 3, 4, 5];
const LOSSES =
  'it loses more than chance allows where nobody should; where a stop and a limit are touched within one candle, the adverse one fills first. An edge of that size would go unseen';

/** The result of a null test for a person, at most 100 columns wide. */
export function renderNullTest(test: NullTest): string {
  const { bold, dim, red } = colorsFor(process.stdout);
  const { id, strategy, seed, steps, martingale, shuffled, verdict } = test;
  const length = `${count(martingale.episodes)} episodes of ${count(steps)} steps`;
  const name = strategy.includes(path.sep) ? path.basename(strategy) : strategy;
  const isAlarm = verdict === 'sees the future' || verdict === 'keeps state';
  const sentence = labeled('Verdict', verdictInWords(test));
  const lines = [
    '',
    `${bold(`Null test ${id}`)}  ${dim(`strategy ${name}, ${length}, seed ${seed}`)}`,
    '',
    ...(isAlarm ? sentence.map(red) : sentence),
    '',
    ...testLines(test).map((line, i) => (i === 0 ? dim(line) : line)),
    '',
    ...labeled('Driftless', marketsInWords(martingale.markets)),
    ...labeled('Shuffled', wasMade(shuffled) ? shuffledInWords(shuffled.returns) : `left out: ${shuffled.leftOut}`),
    ...labeled('Order', orderInWords(test)),
    ...labeled('State', stateInWords(test)),
    ...(losses(test) ? labeled('Fills', LOSSES) : []),
    ...labeled('Method', methodInWords(test)),
    '',
    dim('an episode of a run that this test is made of'),
    `ergodic replay ${typed(martingale.dir)} --episode 0`,
  ];
  return `${lines.join('\n')}\n`;
}

function losses({ martingale, shuffled }: NullTest): boolean {
  return martingale.loses || (wasMade(shuffled) && shuffled.loses);
}

function testLines({ martingale, shuffled }: NullTest): string[] {
  const rows = [
    ['', 'mean gain', 'at least', 't', 'would be found', 'traded', ''],
    edgeRow('driftless market', martingale),
    ...(wasMade(shuffled) ? [edgeRow('shuffled returns', shuffled)] : []),
  ];
  return table(rows, RIGHT);
}

function edgeRow(name: string, test: EdgeTest): string[] {
  const { gain, bound, t, detectable, traded, verdict, reason, failed } = test;
  const remark = verdict === 'cannot tell' ? reason : verdict;
  const failures = failed === 0 ? '' : `, ${count(failed)} failed`;
  return [
    name,
    percent(gain),
    percent(bound),
    certainty(t),
    percent(detectable),
    count(traded),
    `${remark}${failures}`,
  ];
}

function shuffledInWords(returns: Readonly<Record<string, number>>): string {
  const counts = Object.entries(returns).map(([symbol, n]) => `${count(n)} of ${symbol}`);
  return `returns of the config's own markets (${counts.join(', ')}), their mean taken out, in random order`;
}

function methodInWords({ bounds, level }: NullTest): string {
  const gain = Number.isFinite(bounds.gain) ? `, gains count up to ${percent(bounds.gain)}` : '';
  const bounded = `an episode ends at a loss of ${percent(bounds.loss)}${gain}: no rare result decides`;
  return `gains are of the initial cash, without costs; ${bounded}. Student’s t with Hall’s correction for skewness; both tests together raise a false alarm in ${percent(level)} of cases`;
}
