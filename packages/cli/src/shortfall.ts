import type { Summary } from '@ergodic/workers';
import { count } from './format.ts';
import { typed } from './runs.ts';

type Outputs = Pick<Summary, 'dir' | 'outputs'>;

/** Whether points of a run are not where its outputs should have taken them. */
export function hasShortfall({ outputs = {} }: Outputs): boolean {
  return Object.values(outputs).some(({ spooled, refused, missing }) => spooled > 0 || refused > 0 || missing !== 0);
}

/** What is short, and the way out. */
export function shortfallLines({ dir, outputs = {} }: Outputs): string[] {
  const run = typed(dir);
  return Object.entries(outputs).flatMap(([name, { spooled, refused, missing }]) => [
    ...(spooled > 0 ? [`${name}: ${points(spooled)} wait in the spool; deliver them with: ergodic flush ${run}`] : []),
    ...(refused > 0
      ? [
          `${name}: ${points(refused)} were refused, see ${run}/spool/${name}/refused.ndjson; ergodic flush ${run} --refused`,
        ]
      : []),
    ...(missing !== 0
      ? [`${name}: ${points(missing)} are missing from the spool; ergodic resume ${run} writes them anew`]
      : []),
  ]);
}

/** One line an output: the account of its points. */
export function accountLine(name: string, account: NonNullable<Summary['outputs']>[string]): string {
  const { produced, acknowledged, spooled, refused, missing } = account;
  const rest = missing > 0 ? `, ${count(missing)} missing` : '';
  const sum = `${count(acknowledged)} acknowledged, ${count(spooled)} spooled, ${count(refused)} refused${rest}`;
  return `${name}: ${points(produced)}: ${sum}`;
}

function points(n: number): string {
  return `${count(n)} ${n === 1 ? 'point' : 'points'}`;
}
