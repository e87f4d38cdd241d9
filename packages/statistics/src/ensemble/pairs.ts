import type { Sample } from '../sample.ts';

/** Hits of which nothing is known that count as seen in both of a pair: z² of a 95 % interval. */
const PRIOR = 3.84;

/**
 * How many independent episodes say as much of the share of values at or above `level` as these do. Of antithetic episodes this is n over the
 * design effect (Kish 1965, "Survey Sampling", 8.2): 1 + ρ with ρ the correlation of the two of a pair, estimated from how often
 * the partner of a hit is a hit. Where hits are few the partner counts as a hit too, so that nothing seen twice counts twice.
 */
export function effectiveSize({ values, antithetic }: Sample, level: number): number {
  let n = 0;
  let hits = 0;
  let paired = 0;
  let both = 0;
  let neither = 0;
  for (let i = 0; i < values.length; i += 2) {
    const a = values[i]!;
    const b = i + 1 < values.length ? values[i + 1]! : Number.NaN;
    if (!Number.isNaN(a)) n++;
    if (!Number.isNaN(b)) n++;
    if (a >= level) hits++;
    if (b >= level) hits++;
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    paired += 2;
    if (a >= level && b >= level) both++;
    else if (a < level && b < level) neither++;
  }
  if (!antithetic || paired === 0) return n;
  const rare = Math.min(hits, n - hits);
  const share = rare / n;
  const together = hits <= n - hits ? both : neither;
  const partner = (2 * together + PRIOR) / (rare + PRIOR);
  const correlation = (partner - share) / (1 - share);
  return n / (1 + (paired / n) * Math.min(1, correlation));
}
