import { END_REASONS, type EndReason } from '@ergodic/core';
import type { EpisodeTable, Figure } from '@ergodic/statistics';

const FAILED = END_REASONS.indexOf('failed');

/** Failed episodes of a table. */
export function failuresOf({ endReason }: EpisodeTable): number {
  return endReason.reduce((count, reason) => count + Number(reason === FAILED), 0);
}

/** Whether bounds of a figure can be told without knowing what failed episodes would have come to: of means they cannot. */
export function isRobust({ text }: Figure): boolean {
  return /^(median|q\d+|probability|probabilityOf(Loss|Ruin|Goal))(\(|$)/.test(text);
}

/**
 * The table twice, as if every failed episode had come to less, or to more, than all others: what is true of the figure in both is true whatever they
 * would have come to (Manski 1989, "Anatomy of the selection problem", Journal of Human Resources 24).
 */
export function extremesOf(table: EpisodeTable): EpisodeTable[] {
  return [
    withFailuresAs(table, Number.NEGATIVE_INFINITY, 'completed'),
    withFailuresAs(table, Number.POSITIVE_INFINITY, 'completed'),
    withFailuresAs(table, Number.NEGATIVE_INFINITY, 'ruined'),
  ];
}

function withFailuresAs(table: EpisodeTable, value: number, end: EndReason): EpisodeTable {
  const reason = END_REASONS.indexOf(end);
  return {
    ...table,
    endReason: table.endReason.map((one) => (one === FAILED ? reason : one)),
    column: (name) => table.column(name).map((x, i) => (table.endReason[i] === FAILED ? value : x)),
  };
}
