/** A value of DuckDB that holds others. */
interface Nested {
  /** Of a list or an array. */
  readonly items?: readonly unknown[];
  /** Of a struct by name, of a map as pairs. */
  readonly entries?: Readonly<Record<string, unknown>> | readonly { readonly key: unknown; readonly value: unknown }[];
  /** Of a union, beside the name of its member. */
  readonly tag?: string;
  readonly value?: unknown;
  /** Of a decimal. */
  readonly scale?: number;
}

/**
 * A value as text: numbers in full, `nan`, `inf` and `-inf` as DuckDB writes them, times as `2026-01-01 00:00:00`, lists as
 * `[1, 2]`; null of null.
 */
export function textOf(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  return String(value);
}

/**
 * A value as JSON. Whole numbers and decimals keep all their digits, lists are arrays, structs and maps are objects, everything else
 * that JSON lacks is text. NaN and the infinities are null: JSON has no numbers for them.
 */
export function jsonOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  const { items, entries, tag, value: inner, scale } = value as Nested;
  if (items !== undefined) return `[${items.map(jsonOf).join(',')}]`;
  if (Array.isArray(entries)) return objectOf(entries.map(({ key, value: of }) => [textOf(key) ?? 'null', of]));
  if (entries !== undefined) return objectOf(Object.entries(entries));
  if (tag !== undefined) return jsonOf(inner);
  return scale === undefined ? JSON.stringify(String(value)) : String(value);
}

function objectOf(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`).join(',')}}`;
}
