import type { CandidateComparison, ComparedRun, ConfigDifference, RunComparison } from '@ergodic/analysis';
import { formatPath } from '@ergodic/core';
import { TAIL } from '@ergodic/statistics';
import { modelInWords } from './market.ts';
import { plain } from './text.ts';
import { tailInWords, verdictInWords } from './words.ts';

/** The comparison as one JSON document. What is undefined, or infinite, is null: JSON has no other word for it. */
export function comparisonJson(comparison: RunComparison): unknown {
  const { baseline, candidates, correction, isPaired, isOneHistory } = comparison;
  return {
    isPaired,
    isOneHistory,
    marketKey: isPaired ? baseline.manifest.marketKey : null,
    marketModel: plain(modelInWords(baseline.manifest)),
    confidence: 1 - TAIL,
    correction: correction ?? null,
    baseline: runJson(baseline),
    comparisons: candidates.map((candidate) => ({
      run: runJson(candidate.run),
      verdict: candidate.metrics[0]!.verdict,
      sentence: sentenceOf(comparison, candidate),
      changes: candidate.changes.map(changeJson),
      marketDifferences: candidate.marketDifferences.map(changeJson),
      episodes: candidate.episodes,
      metrics: Object.fromEntries(
        candidate.metrics.map(({ column, improvementBounds, firstOrder, secondOrder, ...rest }) => [
          column,
          {
            ...rest,
            improvementBounds: improvementBounds ?? null,
            firstOrder: firstOrder ?? null,
            secondOrder: secondOrder ?? null,
          },
        ]),
      ),
      probabilityOfRuin: candidate.ruin,
      attribution: candidate.attribution ?? null,
    })),
  };
}

function runJson({ label, dir, manifest, summary }: ComparedRun): unknown {
  const { id, seed, digest, marketKey, reproducible, episodes } = summary;
  return { label, id, dir, seed, digest, marketKey, strategy: manifest.config.strategy.use, reproducible, episodes };
}

function changeJson({ path, a, b }: ConfigDifference): unknown {
  return { path: formatPath(path), a: a ?? null, b: b ?? null };
}

function sentenceOf(comparison: RunComparison, candidate: CandidateComparison): string {
  const spoken = { comparison, candidate, metric: candidate.metrics[0]! };
  return plain([verdictInWords(spoken), tailInWords(spoken)].filter((text) => text !== undefined).join(' '));
}
