import { ByteWriter } from './bytes.ts';

/** What a field holds: a double, a whole number, or text. */
export type FieldKind = 'float' | 'integer' | 'text';

export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
}

/** A field's value; NaN and an empty text are left out of the point. */
export type FieldValue = number | string;

export type PointFormat = 'line-protocol' | 'ndjson';

/** File extension of points in a format. */
export function extensionOf(format: PointFormat): 'lp' | 'ndjson' {
  return format === 'ndjson' ? 'ndjson' : 'lp';
}

/** Makes the lines of one series, for a few points; see `Series`. */
export function encodeSeries(
  format: PointFormat,
  measurement: string,
  tags: Readonly<Record<string, string>>,
  fields: readonly FieldSpec[],
): (values: readonly FieldValue[], stampNs: string) => string {
  const series = new Series(format, measurement, tags, fields);
  return (values, stampNs) => {
    const lines: string[] = [];
    const out = new ByteWriter((bytes) => lines.push(bytes.toString('utf8')));
    series.write(values, Number(stampNs.slice(0, -3)), Number(stampNs.slice(-3)), out);
    out.flush();
    return lines.join('');
  };
}

/** What a format has around its values. */
interface Syntax {
  head(measurement: string, tags: Readonly<Record<string, string>>): string;
  key(name: string): string;
  text(value: string): string;
  readonly afterInteger: string;
  readonly beforeStamp: string;
  readonly end: string;
}

const LINE_PROTOCOL: Syntax = {
  head(measurement, tags) {
    const texts = Object.entries(tags).map(([key, value]) => `,${escapeName(key)}=${escapeName(value)}`);
    return `${escapeName(measurement)}${texts.join('')} `;
  },
  key: (name) => `${escapeName(name)}=`,
  text: quoteField,
  afterInteger: 'i',
  beforeStamp: ' ',
  end: '\n',
};

const NDJSON: Syntax = {
  head: (measurement, tags) =>
    `{"measurement":${JSON.stringify(measurement)},"tags":${JSON.stringify(tags)},"fields":{`,
  key: (name) => `${JSON.stringify(name)}:`,
  text: (value) => JSON.stringify(value),
  afterInteger: '',
  // Nanoseconds are more than a double holds: a text.
  beforeStamp: '},"time":"',
  end: '"}\n',
};

const LONGEST_NUMBER = 25;
const LONGEST_STAMP = 24;

/** Writes points of one measurement with the same tags: names and tags are encoded once, values many times. */
export class Series {
  private readonly syntax: Syntax;
  private readonly kinds: readonly FieldKind[];
  /** Of each field: what stands before its value if it is the first one, and if it is not. */
  private readonly firsts: readonly Buffer[];
  private readonly nexts: readonly Buffer[];
  private readonly beforeStamp: Buffer;
  private readonly afterInteger: Buffer;
  private readonly end: Buffer;
  /** Bytes of a line without its texts, at most. */
  private readonly longest: number;

  constructor(
    format: PointFormat,
    measurement: string,
    tags: Readonly<Record<string, string>>,
    fields: readonly FieldSpec[],
  ) {
    const syntax = format === 'ndjson' ? NDJSON : LINE_PROTOCOL;
    const head = syntax.head(measurement, tags);
    this.syntax = syntax;
    this.kinds = fields.map(({ kind }) => kind);
    this.firsts = fields.map(({ name }) => Buffer.from(`${head}${syntax.key(name)}`));
    this.nexts = fields.map(({ name }) => Buffer.from(`,${syntax.key(name)}`));
    this.beforeStamp = Buffer.from(syntax.beforeStamp);
    this.afterInteger = Buffer.from(syntax.afterInteger);
    this.end = Buffer.from(syntax.end);
    const keys = this.nexts.reduce((sum, { length }) => sum + length, 0);
    this.longest = 3 * head.length + keys + fields.length * (LONGEST_NUMBER + 1) + LONGEST_STAMP + 32;
  }

  /**
   * Writes a point with the fields that have a value, in the order of the fields: `micros` and `sequence` are its timestamp, microseconds
   * and nanoseconds. False, and nothing written, where no field has one.
   */
  write(values: readonly FieldValue[], micros: number, sequence: number, out: ByteWriter): boolean {
    const { kinds } = this;
    let texts = 0;
    for (let i = 0; i < kinds.length; i++) if (kinds[i] === 'text') texts += 6 * (values[i] as string).length + 2;
    out.reserve(this.longest + texts);
    let isFirst = true;
    for (let i = 0; i < kinds.length; i++) {
      const value = values[i]!;
      if (typeof value === 'number' ? value - value !== 0 : value === '') continue;
      out.bytes(isFirst ? this.firsts[i]! : this.nexts[i]!);
      isFirst = false;
      if (typeof value !== 'number') out.text(this.syntax.text(value));
      else if (kinds[i] === 'integer') {
        out.integer(value);
        out.bytes(this.afterInteger);
      } else out.number(value);
    }
    if (isFirst) return false;
    out.bytes(this.beforeStamp);
    out.integer(micros);
    out.digits(sequence, 3);
    out.bytes(this.end);
    return true;
  }
}

/**
 * A name or tag value of line protocol. A backslash before a separator would join what it separates, and there is no way to
 * escape it: it becomes a slash. Control characters become underscores.
 */
function escapeName(text: string): string {
  return (
    text
      .replaceAll('\\', '/')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
      .replace(/[\u0000-\u001f\u007f]/g, '_')
      .replace(/[,= ]/g, '\\$&')
  );
}

/** A text field; a line end within it would end the point. */
function quoteField(text: string): string {
  return `"${text.replace(/[\r\n]+/g, ' ').replace(/["\\]/g, '\\$&')}"`;
}
