const NONE = '–';

/** `1,234,567` */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A figure for a person: about four significant digits, thousands apart, `–` where there is none. */
export function figure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-4 || size >= 1e12) return value.toExponential(2);
  return value.toLocaleString(
    'en-US',
    digits(size >= 1_000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 4 : 6),
  );
}

/** A mean or quantile of counts: `30`, `29.8`. */
export function tally(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  return value.toLocaleString('en-US', digits(Number.isInteger(value) || value >= 10_000 ? 0 : value >= 10 ? 1 : 2));
}

/** A figure that is looked at closely: eight significant digits. */
export function precise(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e12)) return value.toExponential(7);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 8 });
}

/** A fraction as per cent: `12.3 %`. */
export function percent(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(100 * value);
  if (size !== 0 && size < 0.005) return `${(100 * value).toExponential(1)} %`;
  return `${(100 * value).toLocaleString('en-US', digits(size >= 1_000 ? 0 : size >= 10 ? 1 : 2))} %`;
}

export function money(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  return value === 0 ? '0' : value.toLocaleString('en-US', digits(Math.abs(value) >= 100_000 ? 0 : 2));
}

/** `850 ms`, `12.3 s`, `4 min 10 s`, `3 h 20 min` */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(1_000 * seconds)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** `12.3 million`: for speeds. */
export function large(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} billion`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} million`;
  return count(value);
}

/** Simulated time: `2026-01-01 00:00:00`, with milliseconds where there are any. */
export function time(timeMs: number): string {
  const text = new Date(timeMs).toISOString().replace('T', ' ').slice(0, -1);
  return text.endsWith('.000') ? text.slice(0, -4) : text;
}

/** Lines of columns, two spaces apart. A column starts at the left unless `right` names it. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** One word of a command line. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function digits(places: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: places, maximumFractionDigits: places };
}
