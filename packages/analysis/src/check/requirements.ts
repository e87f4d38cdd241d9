import type { Summary } from '@ergodic/workers';

/** Something that must be so of a run, whatever is asserted of it. */
export interface Requirement {
  readonly text: string;
  readonly isMet: boolean;
  /** In a sentence, without a full stop. */
  readonly reason: string;
}

/** No more episodes failed than may, and what ran twice came out the same. */
export function requirementsOf(
  { episodes, mismatches }: Pick<Summary, 'episodes' | 'mismatches'>,
  allowFailed: number,
): Requirement[] {
  const { requested, failed } = episodes;
  const most = allowFailed === Number.POSITIVE_INFINITY ? 'any number' : `at most ${allowFailed}`;
  const some = failed === 1 ? 'episode' : 'episodes';
  return [
    {
      text: `failed episodes: ${most}`,
      isMet: failed <= allowFailed,
      reason: `${failed} of ${requested} ${some} failed; --allow-failed ${failed} would accept that`,
    },
    {
      text: 'reproducible',
      isMet: mismatches.length === 0,
      reason: `replayed differently: episode ${mismatches.join(', ')}`,
    },
  ];
}
