import type { CandleNotice } from '@ergodic/core';

const MOST_SHOWN = 5;

/** What a user should know of files of candles, one line each: the first notices of each file. */
export function candleNotices(
  files: readonly { readonly path: string; readonly notices: readonly CandleNotice[] }[],
): string[] {
  return files.flatMap(({ path, notices }) => {
    const lines = notices.slice(0, MOST_SHOWN).map(({ line, rule }) => `${path}:${line}: ${rule}`);
    const more = notices.length - MOST_SHOWN;
    return more > 0 ? [...lines, `${path}: and ${more} more notices`] : lines;
  });
}
