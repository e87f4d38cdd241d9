import type { Summary, UntilCheck, UntilState } from '@ergodic/workers';
import { count, precise } from './format.ts';

/** Digits of the figures of a check: its half-width has three. */
const DIGITS = 3;

/** What a check came to, and what follows from it. */
export function checkLine(check: UntilCheck, state: UntilState): string {
  const { episodes } = check;
  const next = Math.min(state.cap, 2 * episodes);
  const rest = state.satisfied ? 'narrow enough' : episodes === state.cap ? 'the end' : `on to ${count(next)}`;
  return `check at ${count(episodes)} episodes: ${estimateText(check, state)}, wanted ${wanted(state)}: ${rest}`;
}

/** Of a completed run, for its summary. */
export function untilLines({ until }: Summary): string[] {
  const last = until?.checks.at(-1);
  if (until === undefined || last === undefined) return [];
  const { checks, cap, satisfied } = until;
  const times = checks.length === 1 ? 'the first check' : `check ${checks.length}`;
  const outcome = satisfied ? `as close as ${wanted(until)}` : `not as close as ${wanted(until)}`;
  return [
    `Until      ${estimateText(last, until)}, ${outcome}`,
    `           at ${times}, after ${count(last.episodes)} of at most ${count(cap)} episodes; 95 % over all checks`,
  ];
}

/** Why a run that came to its last episode does not know the figure well enough; undefined where it does. */
export function unsettledNotice({ until }: Summary): string | undefined {
  const last = until?.checks.at(-1);
  if (until === undefined || last === undefined || until.satisfied) return undefined;
  const all = `--until ${until.text}: not reached within the ${count(until.cap)} episodes of the config`;
  const half = halfWidth(last);
  if (Number.isNaN(half)) return `${all}: the figure is not defined there`;
  if (half === 0) return `${all}: every episode came to the same, which says nothing of how far another may be`;
  const { episodesNeeded: needed } = until;
  const wayOut = needed ? `about ${count(needed)} episodes would do: --episodes ${needed}` : 'more than a run can have';
  return `${all}: ${estimateText(last, until)}; ${wayOut}`;
}

function estimateText(check: UntilCheck, { figure }: UntilState): string {
  const half = halfWidth(check);
  if (check.value === null || Number.isNaN(half)) return `${figure} is undefined`;
  return `${figure} = ${precise(rounded(check.value, half))} ± ${precise(Number(half.toPrecision(DIGITS)))}`;
}

/** A value to as many places as its half-width is shown with. */
function rounded(value: number, half: number): number {
  if (half === 0) return value;
  const places = DIGITS - 1 - Math.floor(Math.log10(half));
  return places > 15 ? value : Number(value.toFixed(Math.max(0, places)));
}

function wanted({ text }: UntilState): string {
  return `± ${text.slice(text.indexOf('+-') + 2).trim()}`;
}

/** Distance from the value to the farther end of its interval; NaN where there is none. */
function halfWidth({ value, low, high }: UntilCheck): number {
  if (value === null || low === null || high === null) return Number.NaN;
  return Math.max(high - value, value - low);
}
