import type { FactComparison, Verdict } from '@ergodic/calibration';

/** As a table says it. */
export function verdictText({ verdict, isVague }: FactComparison): string {
  if (verdict === 'agrees') return isVague ? 'agrees, vaguely' : 'agrees';
  return verdict;
}

/** Which of the facts the simulated paths have, in a sentence or two. */
export function verdictsInWords(facts: readonly FactComparison[]): string {
  const labels = (verdict: Verdict): string[] =>
    facts.filter((one) => one.verdict === verdict).map(({ fact }) => fact.label);
  const judged = facts.filter(({ verdict }) => verdict !== 'not defined').length;
  if (judged === 0) return 'No fact is defined for both the history and the paths.';
  const agreeing = labels('agrees').length;
  const parts = [`In ${agreeing} of ${judged} facts the simulated paths agree with the history`];
  for (const verdict of ['too low', 'too high'] as const) {
    const named = labels(verdict);
    if (named.length > 0) parts.push(`${verdict}: ${list(named)}`);
  }
  return `${parts.join('; ')}.`;
}

function list(names: readonly string[]): string {
  const [first = '', second = '', third = ''] = names;
  if (names.length > 3) return `${first}, ${second} and ${names.length - 2} more`;
  return names.length === 3 ? `${first}, ${second} and ${third}` : names.join(' and ');
}
