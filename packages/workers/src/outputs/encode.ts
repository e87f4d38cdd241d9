import { ByteWriter } from './bytes.ts';

/** What a field holds: a double, a whole number, or text. */
export type FieldKind = 'float' | 'integer' | 'text';

export interface FieldSpec {
  readonly name: string;
  readonly kind: FieldKind;
}

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
): (values: readonly (number | string)[], stampNs: string) => string {
  const series = new Series(format, measurement, tags, fields);
  let lines: string[] = [];
  const out = new ByteWriter((bytes) => lines.push(bytes.toString('utf8')), FEW_BYTES);
  return (values, stampNs) => {
    lines = [];
    series.set(values);
    series.write(Number(stampNs.slice(0, -3)), Number(stampNs.slice(-3)), out);
    out.flush();
    return lines.join('');
  };
}

/** What a format has around its values. */
interface Syntax {
  head(measurement: string, tags: Readonly<Record<string, string>>): string;
  key(name: string): string;
  text(value: string): string;
  readonly hasIntegers: boolean;
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
  hasIntegers: true,
  beforeStamp: ' ',
  end: '\n',
};

const NDJSON: Syntax = {
  head: (measurement, tags) =>
    `{"measurement":${JSON.stringify(measurement)},"tags":${JSON.stringify(tags)},"fields":{`,
  key: (name) => `${JSON.stringify(name)}:`,
  text: (value) => JSON.stringify(value),
  hasIntegers: false,
  // Nanoseconds are more than a double holds: a text.
  beforeStamp: '},"time":"',
  end: '"}\n',
};

const ZERO = 48;
/** The letter i. */
const INTEGER_MARK = 105;
const LONGEST_NUMBER = 25;
const LONGEST_STAMP = 24;
/** Of a point that is encoded alone. */
const FEW_BYTES = 4_096;

/**
 * Writes points of one measurement with the same tags: names and tags are encoded once, values many times. The values of the next
 * point are put into `numbers` and `texts`, at the place of their field.
 */
export class Series {
  /** Values of float and integer fields; one that is not finite is left out. */
  readonly numbers: Float64Array;
  /** Values of text fields; an empty one is left out. */
  readonly texts: string[];
  private readonly syntax: Syntax;
  /** Places of text fields; such points are rare. */
  private readonly textAt: readonly number[];
  private readonly isText: Uint8Array;
  private readonly isInteger: Uint8Array;
  /** Of each field: what stands before its value if it is the first one, and if it is not. */
  private readonly firsts: readonly Buffer[];
  private readonly nexts: readonly Buffer[];
  private readonly beforeStamp: Buffer;
  /** Whether the format tells whole numbers apart. */
  private readonly hasIntegers: boolean;
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
    this.numbers = new Float64Array(fields.length);
    this.texts = fields.map(() => '');
    this.textAt = fields.flatMap(({ kind }, i) => (kind === 'text' ? [i] : []));
    this.isText = Uint8Array.from(fields, ({ kind }) => Number(kind === 'text'));
    this.isInteger = Uint8Array.from(fields, ({ kind }) => Number(kind === 'integer'));
    this.firsts = fields.map(({ name }) => Buffer.from(`${head}${syntax.key(name)}`));
    this.nexts = fields.map(({ name }) => Buffer.from(`,${syntax.key(name)}`));
    this.beforeStamp = Buffer.from(syntax.beforeStamp);
    this.hasIntegers = syntax.hasIntegers;
    this.end = Buffer.from(syntax.end);
    const keys = this.nexts.reduce((sum, { length }) => sum + length, 0);
    this.longest = 3 * head.length + keys + fields.length * (LONGEST_NUMBER + 1) + LONGEST_STAMP + 32;
  }

  /** Sets the values of the next point, one for each field. */
  set(values: readonly (number | string)[]): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (typeof value === 'number') this.numbers[i] = value;
      else this.texts[i] = value;
    }
  }

  /**
   * Writes a point with the fields that have a value, in their order: `micros` and `sequence` are its timestamp, microseconds
   * and nanoseconds. False, and nothing written, where no field has one.
   */
  write(micros: number, sequence: number, out: ByteWriter): boolean {
    const { numbers, isText, isInteger, nexts, beforeStamp, end } = this;
    const buffer = out.reserve(this.longest + this.textBytes());
    let keys = this.firsts;
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i]!;
      if (isText[i] === 1 ? this.texts[i] === '' : value - value !== 0) continue;
      // Copied here and below: a call would be inlined with its loop at each place, and compiling that takes longer than a short run.
      const key = keys[i]!;
      const start = out.at;
      for (let k = 0; k < key.length; k++) buffer[start + k] = key[k]!;
      out.at = start + key.length;
      keys = nexts;
      if (isText[i] === 1) out.text(this.syntax.text(this.texts[i]!));
      // Simulated time may have parts of a millisecond; a field of whole numbers takes none.
      else out.number(isInteger[i] === 1 ? Math.round(value) : value);
      if (isInteger[i] === 1 && this.hasIntegers) buffer[out.at++] = INTEGER_MARK;
    }
    if (keys !== nexts) return false;
    let at = out.at;
    for (let k = 0; k < beforeStamp.length; k++) buffer[at++] = beforeStamp[k]!;
    out.at = at;
    out.number(micros);
    at = out.at + 3;
    buffer[at - 1] = ZERO + (sequence % 10);
    buffer[at - 2] = ZERO + (Math.floor(sequence / 10) % 10);
    buffer[at - 3] = ZERO + Math.floor(sequence / 100);
    for (let k = 0; k < end.length; k++) buffer[at++] = end[k]!;
    out.at = at;
    return true;
  }

  /** Bytes of the next point's texts, at most. */
  private textBytes(): number {
    let bytes = 0;
    for (let i = 0; i < this.textAt.length; i++) bytes += 6 * this.texts[this.textAt[i]!]!.length + 2;
    return bytes;
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
