const ISO = /^(\d{4}-\d\d-(\d\d))(?:[T ](\d\d:\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;
const EPOCH = /^\d+(?:\.\d+)?$/;
/** Below: seconds up to the year 5138; from here to a thousand times as much: milliseconds from 1973 on. */
const FIRST_MILLISECONDS = 1e11;

/**
 * A time of a data file → epoch milliseconds, or NaN. It may be an ISO date (its midnight, UTC), an ISO date-time with
 * `Z` or an offset (without either it is UTC), epoch seconds or epoch milliseconds. Microseconds are refused.
 */
export function parseTimeMs(text: string): number {
  if (EPOCH.test(text)) {
    const value = Number(text);
    if (value < FIRST_MILLISECONDS) return Math.round(value * 1000);
    return value < FIRST_MILLISECONDS * 1000 ? Math.round(value) : NaN;
  }
  const match = ISO.exec(text);
  if (match === null) return NaN;
  const [, date, day, clock = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const midnightMs = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March.
  if (Number(day) !== dayOfMonth(midnightMs) || clock >= '24') return NaN;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  return Date.parse(`${date}T${clock}:${seconds}${fraction.slice(0, 4)}${offset}`);
}

function dayOfMonth(epochMs: number): number {
  return Number.isNaN(epochMs) ? NaN : new Date(epochMs).getUTCDate();
}
