import type { Interval } from './verdict.ts';

/** An interval that is open towards the bound needs at least so many times the episodes to have an end there. */
const OPEN = 2;
/** No config may have more episodes. */
const MOST = 1e9;

/**
 * Episodes after which an undecided assertion would be decided, were the figure to stay where it is: those at which the end of its
 * interval comes to the bound. To two digits, upwards, and even, since episodes may come in pairs. Null where the figure is at its bound, or
 * where no config can have so many.
 *
 * The distance of an end shrinks with 1/√n. That of a share is Wilson's: the end x of a share p solves (p − x)² = z²·x(1 − x)/n, so that n grows
 * in proportion to x(1 − x)/(p − x)².
 */
export function episodesNeeded(
  estimate: Interval & { readonly value: number },
  bound: number,
  episodes: number,
  isShare: boolean,
): number | null {
  const { value, low, high } = estimate;
  const [near, far] = value > bound ? [low, high] : [high, low];
  // An end that no episode is far enough out for is taken to be as far away as the other.
  const end = Number.isFinite(near) ? near : 2 * value - far;
  const weight = (x: number): number => (isShare ? x * (1 - x) : 1) / (value - x) ** 2;
  const least = Number.isFinite(near) ? 1 : OPEN;
  const exact = episodes * Math.max(least, weight(bound) / weight(end));
  if (!(exact > 0 && exact <= MOST)) return null;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1);
  // The rounding of doubles is no episode more.
  const rounded = Math.max(Math.ceil(exact / unit - 1e-9) * unit, episodes + 1);
  return rounded + (rounded % 2);
}
