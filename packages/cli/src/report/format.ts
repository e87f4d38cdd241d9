const LOCALE = 'en-US';
/** Stands for a figure that is not defined. */
export const NOTHING = '–';
const NARROW_SPACE = '\u202f';

/** A figure as it is stored: null where it is not defined. */
export type Figure = number | null | undefined;

function isKnown(x: Figure): x is number {
  return typeof x === 'number' && Number.isFinite(x);
}

function format(x: number, options: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(LOCALE, { ...options, signDisplay: 'negative' }).format(x).replace('-', '−');
}

function fixed(x: number, digits: number): string {
  return format(x, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `0.000012` and `1.2e21` are no figures to read in a line of digits. */
function isExtreme(x: number): boolean {
  const size = Math.abs(x);
  return size >= 1e12 || (size > 0 && size < 1e-4);
}

function scientific(x: number): string {
  const [digits, exponent] = x.toExponential(2).split('e');
  return `${digits}e${Number(exponent)}`.replaceAll('-', '−');
}

/** 10000 → `10,000` */
export function count(x: number): string {
  return format(x, { maximumFractionDigits: 0 });
}

/**
 * Writes a figure; one that is not known better than `resolution`, half the width of its confidence interval, with as
 * many decimals as that has.
 */
export type Show = (x: Figure, resolution?: number | null) => string;

/** Two significant digits of the resolution, where there is one. */
function decimals(resolution: number | null | undefined): number | undefined {
  if (!isKnown(resolution) || resolution <= 0) return undefined;
  return Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(resolution))));
}

/** -0.3287 → `−32.9 %` */
export function percent(x: Figure, resolution?: number | null): string {
  if (!isKnown(x)) return NOTHING;
  if (x === 0) return `0${NARROW_SPACE}%`;
  const digits = decimals(isKnown(resolution) ? 100 * resolution : null);
  if (digits !== undefined) return `${fixed(100 * x, digits)}${NARROW_SPACE}%`;
  const value = 100 * x;
  const size = Math.abs(value);
  if (isExtreme(value)) return `${scientific(value)}${NARROW_SPACE}%`;
  if (size < 0.1) return `${format(value, { maximumSignificantDigits: 2 })}${NARROW_SPACE}%`;
  return `${fixed(value, size >= 1_000 ? 0 : size >= 1 ? 1 : 2)}${NARROW_SPACE}%`;
}

/** At an axis: `−20 %`, with no more digits than the number has. */
export function percentTick(x: number): string {
  return `${format(Number((100 * x).toPrecision(6)), { maximumSignificantDigits: 4 })} %`;
}

/** 1234.5 → `1,234.50`; small amounts keep their digits. */
export function money(x: Figure, resolution?: number | null): string {
  if (!isKnown(x)) return NOTHING;
  if (isExtreme(x)) return scientific(x);
  const digits = decimals(resolution);
  if (digits !== undefined) return fixed(x, Math.max(2, digits));
  return Math.abs(x) >= 1 || x === 0 ? fixed(x, 2) : format(x, { maximumSignificantDigits: 4 });
}

/** Any other figure, to four digits or so. */
export function number(x: Figure, resolution?: number | null): string {
  if (!isKnown(x)) return NOTHING;
  const digits = decimals(resolution);
  if (digits !== undefined && !isExtreme(x)) return fixed(x, digits);
  if (isExtreme(x)) return scientific(x);
  if (Number.isInteger(x)) return count(x);
  return Math.abs(x) >= 1_000 ? fixed(x, 1) : format(x, { maximumSignificantDigits: 4 });
}

/** A Sharpe ratio and its kin: `−0.60` */
export function ratio(x: Figure, resolution?: number | null): string {
  if (!isKnown(x) || Math.abs(x) >= 1_000) return number(x, resolution);
  return fixed(x, Math.max(2, Math.min(4, decimals(resolution) ?? 2)));
}

/** A number of the config, with all its digits. */
export function exact(x: number): string {
  return isExtreme(x) ? String(x).replaceAll('-', '−') : format(x, { maximumSignificantDigits: 15 });
}

/** A fraction of the config: 0.7 → `70 %` */
export function exactPercent(x: number): string {
  return `${exact(Number((100 * x).toPrecision(12)))}${NARROW_SPACE}%`;
}

/** `[lo, hi]` → `lo to hi`; a unit that both have is written once. */
export function range([low, high]: readonly [Figure, Figure], show: Show): string {
  if (!isKnown(low) || !isKnown(high)) return NOTHING;
  const [from, to] = [show(low), show(high)];
  const unit = /[\s\u202f]\D+$/.exec(to)?.[0] ?? '';
  return `${from.endsWith(unit) ? from.slice(0, from.length - unit.length) : from} to ${to}`;
}

/** Half the width of a confidence interval. */
export function halfWidth([low, high]: readonly [Figure, Figure]): number | null {
  return isKnown(low) && isKnown(high) ? (high - low) / 2 : null;
}

/** A confidence interval, `lo to hi`, with the digits that it is worth. */
export function confidence(ci: readonly [Figure, Figure], show: Show): string {
  return range(ci, (x) => show(x, halfWidth(ci)));
}

/** At an axis of amounts: no decimals from a hundred on. */
export function amount(x: number): string {
  return x === 0 || Math.abs(x) >= 100 ? count(x) : money(x);
}

/** `1 episode`, `2,000 episodes` */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** How a column of the episodes is written. */
export function showMetric(name: string): Show {
  if (['totalReturn', 'maxDrawdown', 'exposure'].includes(name)) return percent;
  return ['commission', 'slippage', 'finalEquity'].includes(name) || name.startsWith('finalPrice_') ? money : number;
}

/** 1795352899724 → `22 November 2026, 13:08 UTC` */
export function dateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(date);
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' }).format(date);
  return `${day}, ${time} UTC`;
}

export interface TimeUnit {
  readonly name: string;
  readonly ms: number;
}

const UNITS: readonly TimeUnit[] = [
  { name: 'years', ms: 365 * 86_400_000 },
  { name: 'days', ms: 86_400_000 },
  { name: 'hours', ms: 3_600_000 },
  { name: 'minutes', ms: 60_000 },
  { name: 'seconds', ms: 1_000 },
];

/** The unit in which so long a time has a handy number: days from two days to three years. */
export function timeUnit(spanMs: number): TimeUnit {
  const least = (unit: TimeUnit): number => (unit.name === 'years' ? 3 : 2) * unit.ms;
  return UNITS.find((unit) => spanMs >= least(unit)) ?? (spanMs > 0 ? UNITS.at(-1)! : UNITS[1]!);
}

/** More make a time no clearer. */
const MOST_TIME_DECIMALS = 1;

/** 7200000000 → `83.3 days` */
export function span(ms: number, resolutionMs?: number | null): string {
  const unit = timeUnit(ms);
  const value = ms / unit.ms;
  const worth = decimals(isKnown(resolutionMs) ? resolutionMs / unit.ms : null);
  if (worth !== undefined) return `${fixed(value, Math.min(worth, MOST_TIME_DECIMALS))} ${unit.name}`;
  return `${format(value, { maximumFractionDigits: value < 100 ? 1 : 0 })} ${unit.name}`;
}

/** Writes a number of steps as time. */
export function stepsAsTime(intervalMs: number): Show {
  return (steps, resolution) =>
    isKnown(steps) ? span(steps * intervalMs, isKnown(resolution) ? resolution * intervalMs : null) : NOTHING;
}

/** A path as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
