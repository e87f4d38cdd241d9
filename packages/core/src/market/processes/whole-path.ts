import { ConfigError } from '../../config/errors.ts';
import type { TimeGrid } from '../handler.ts';

/** Steps of the longest path that is drawn as a whole: some 300 MiB a market. */
const MAX_STEPS = 4_194_304;

/** The steps of a grid, for a process that draws its path as a whole. Throws ConfigError where they are too many. */
export function wholePathSteps(process: string, { steps }: TimeGrid): number {
  if (steps <= MAX_STEPS) return steps;
  throw new ConfigError([
    {
      path: ['process'],
      rule: `${process} draws its path as a whole: an episode must have at most ${MAX_STEPS} steps, substeps counted`,
      received: steps,
      hint: `set steps: ${MAX_STEPS} or fewer`,
    },
  ]);
}

/** Size of the transforms that keep `steps` numbers apart from their wrapped copies: a power of two from 2·steps on. */
export function transformSize(steps: number): number {
  let size = 2;
  while (size < 2 * steps) size *= 2;
  return size;
}
