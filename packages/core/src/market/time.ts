const ISO = /^(\d{4}-\d\d-(\d\d))(?:[T ](\d\d:\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;
const EPOCH = /^\d+(?:\.\d+)?$/;
/** `20200423`: as seconds since 1970 it would be a day of August 1970. */
const COMPACT_DATE = /^((?:19|20)\d\d)(\d\d)(\d\d)$/;
/** `2020-04-23 12-PM`, `2020-04-23 9:30 AM` */
const TWELVE_HOURS = /^(\d{4}-\d\d-\d\d) (0?[1-9]|1[0-2])((?::\d\d){0,2})[- ]?([AP])M$/i;
/** Below: seconds up to the year 5138; from here to a thousand times as much: milliseconds from 1973 on. */
const FIRST_MILLISECONDS = 1e11;

/**
 * A time of a data file → epoch milliseconds, or NaN. It may be an ISO date (its midnight, UTC), also without hyphens, an
 * ISO date-time with `Z` or an offset (without either it is UTC), a date and a time of the twelve-hour clock (UTC; 12-AM is
 * midnight), epoch seconds, milliseconds or microseconds (cut to milliseconds): the number of digits tells which.
 */
export function parseTimeMs(text: string): number {
  if (EPOCH.test(text)) {
    const compact = COMPACT_DATE.exec(text);
    return compact === null ? epochMs(Number(text)) : parseTimeMs(`${compact[1]}-${compact[2]}-${compact[3]}`);
  }
  const twelve = TWELVE_HOURS.exec(text);
  if (twelve !== null) return parseTimeMs(onTwentyFourHours(twelve));
  const match = ISO.exec(text);
  if (match === null) return NaN;
  const [, date, day, clock = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const midnightMs = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number(day) !== dayOfMonth(midnightMs) || clock >= '24') return NaN;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  return Date.parse(`${date}T${clock}:${seconds}${fraction.slice(0, 4)}${offset}`);
}

function epochMs(value: number): number {
  if (value < FIRST_MILLISECONDS) return Math.round(value * 1000);
  if (value < FIRST_MILLISECONDS * 1000) return Math.round(value);
  return value < FIRST_MILLISECONDS * 1e6 ? Math.floor(value / 1000) : NaN;
}

function onTwentyFourHours([, date, hour, rest, half]: RegExpExecArray): string {
  const hours = (Number(hour) % 12) + (half!.toUpperCase() === 'P' ? 12 : 0);
  return `${date} ${String(hours).padStart(2, '0')}${rest === '' ? ':00' : rest}`;
}

function dayOfMonth(epochMs: number): number {
  return Number.isNaN(epochMs) ? NaN : new Date(epochMs).getUTCDate();
}
