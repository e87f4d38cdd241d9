import type { FigureTable } from '../figures/figure.ts';

/** A table as CSV (RFC 4180): CRLF, fields with a comma, a quote or a line break in quotes; null and what is no finite number are empty. */
export function csvOf({ columns, rows }: Pick<FigureTable, 'columns' | 'rows'>): string {
  return [columns, ...rows].map((row) => `${row.map(fieldOf).join(',')}\r\n`).join('');
}

function fieldOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
