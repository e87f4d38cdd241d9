import { closest, distance } from 'fastest-levenshtein';

/** The known word that a typo most likely meant, or undefined. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(word, [...known]);
  return distance(word, best) <= Math.max(2, Math.floor(word.length / 3)) ? best : undefined;
}

/** A hint after an unknown word: the likely one, or all there are. */
export function hintFor(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant !== undefined ? `did you mean ${meant}?` : `known: ${known.join(', ')}`;
}
