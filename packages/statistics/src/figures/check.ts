import { hintFor } from '@ergodic/core';
import { FigureError } from './error.ts';
import type { Figure } from './figure.ts';

/** Columns that runs of older versions do not have. */
const LATER = ['highestReturn', 'lowestReturn', 'longestDrawdown', 'marketPnl', 'spread', 'impact'];

/**
 * Holds the columns that a figure reads against those of a run.
 *
 * @throws FigureError `FIGURE_INVALID` where one is missing
 */
export function checkFigure({ text, columns }: Figure, known: readonly string[]): void {
  for (const column of columns) {
    if (known.includes(column)) continue;
    const hint = LATER.includes(column)
      ? 'it was made by a version that did not store it: run it again'
      : hintFor(column, known);
    throw new FigureError(`figure ${text}: the run has no column ${column}; ${hint}`);
  }
}
