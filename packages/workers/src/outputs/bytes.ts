const SIZE = 262_144;
const ZERO = 48;
const MINUS = 45;
const POINT = 46;
/** For Veltkamp's splitting of a double into halves. */
const SPLITTER = 134_217_729;
/** Powers of ten that a double holds exactly. */
const POWERS: Float64Array = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Digits of a chunk of a whole number. */
const CHUNK = 1e8;

/**
 * Text as bytes, handed on when its buffer is full. To write digits here is faster than to join strings, and leaves no garbage:
 * numbers are nearly all of a point.
 */
export class ByteWriter {
  private readonly onFull: (bytes: Buffer) => void;
  private buffer: Buffer = Buffer.allocUnsafe(SIZE);
  private at = 0;

  constructor(onFull: (bytes: Buffer) => void) {
    this.onFull = onFull;
  }

  /** Makes sure that so many bytes fit. Everything below counts on it. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    this.flush();
    if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(bytes);
  }

  /** Hands on what is there. */
  flush(): void {
    if (this.at > 0) this.onFull(this.buffer.subarray(0, this.at));
    this.at = 0;
  }

  /** Any text; three bytes a character must be reserved. */
  text(text: string): void {
    this.at += this.buffer.write(text, this.at, 'utf8');
  }

  bytes(bytes: Uint8Array): void {
    const { buffer } = this;
    let { at } = this;
    for (let i = 0; i < bytes.length; i++) buffer[at++] = bytes[i]!;
    this.at = at;
  }

  /** A finite number as a text that reads back as the same double. At most 25 bytes. */
  number(value: number): void {
    if (Number.isSafeInteger(value)) this.integer(value);
    else if (!this.fraction(value)) this.ascii(String(value));
  }

  /**
   * Seventeen significant digits, rounded to nearest, which name every double: to find the shortest text takes ten times as long.
   * False, and nothing written, where a shorter text is likely (0.1) or the number is very large or small.
   */
  private fraction(value: number): boolean {
    const size = Math.abs(value);
    if (!(size >= 1e-5 && size < 1e15)) return false;
    const exponent = exponentOf(size);
    // size × 10^k, exactly, as the sum of a whole number and a rest (Dekker 1971): both factors are doubles.
    const power = POWERS[16 - exponent]!;
    const product = size * power;
    const sizeHigh = size * SPLITTER - (size * SPLITTER - size);
    const powerHigh = power * SPLITTER - (power * SPLITTER - power);
    const sizeLow = size - sizeHigh;
    const powerLow = power - powerHigh;
    const rest = sizeLow * powerLow - (product - sizeHigh * powerHigh - sizeLow * powerHigh - sizeHigh * powerLow);
    let high = Math.floor(product / CHUNK);
    let low = Math.round(product - high * CHUNK + rest);
    if (low < 0) {
      low += CHUNK;
      high--;
    } else if (low >= CHUNK) {
      low -= CHUNK;
      high++;
    }
    const tail = low % 100;
    if (tail < 4 || tail > 96 || high < CHUNK || high >= 10 * CHUNK) return false;
    if (value < 0) this.buffer[this.at++] = MINUS;
    this.decimal(high, low, exponent);
    return true;
  }

  /** The digits of `high` (nine) and `low` (eight) with the point behind the first `exponent` + 1 of them. */
  private decimal(high: number, low: number, exponent: number): void {
    const { buffer } = this;
    if (exponent < 0) {
      buffer[this.at++] = ZERO;
      buffer[this.at++] = POINT;
      for (let i = exponent + 1; i < 0; i++) buffer[this.at++] = ZERO;
    }
    // The digits before the point are few: they move, to make room for it.
    const start = this.at;
    if (exponent >= 0) this.at++;
    const first = Math.floor(high / CHUNK);
    buffer[this.at++] = ZERO + first;
    this.digits(high - first * CHUNK, 8);
    this.digits(low, 8);
    if (exponent < 0) return;
    const point = start + exponent + 1;
    for (let i = start; i < point; i++) buffer[i] = buffer[i + 1]!;
    buffer[point] = POINT;
  }

  /** A safe whole number; 0 for −0. At most 17 bytes. */
  integer(value: number): void {
    let rest = value;
    if (rest < 0) {
      this.buffer[this.at++] = MINUS;
      rest = -rest;
    }
    if (rest < CHUNK) {
      this.digits(rest, digitsOf(rest));
      return;
    }
    const high = Math.floor(rest / CHUNK);
    if (high < CHUNK) this.digits(high, digitsOf(high));
    else {
      const highest = Math.floor(high / CHUNK);
      this.digits(highest, digitsOf(highest));
      this.digits(high - highest * CHUNK, 8);
    }
    this.digits(rest - high * CHUNK, 8);
  }

  /** The last digits of a whole number below 1e8, zeros in front. */
  digits(value: number, count: number): void {
    const { buffer } = this;
    let rest = value | 0;
    for (let i = this.at + count - 1; i >= this.at; i--) {
      const next = (rest / 10) | 0;
      buffer[i] = ZERO + rest - 10 * next;
      rest = next;
    }
    this.at += count;
  }

  /** A text of ASCII characters: one byte each must be reserved. */
  ascii(text: string): void {
    const { buffer } = this;
    let { at } = this;
    for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i);
    this.at = at;
  }
}

/** The largest n with 10^n ≤ size, for sizes from 1e-5 to 1e15; a slip by one shows in the number of digits. */
function exponentOf(size: number): number {
  let n = 0;
  if (size >= 1) while (size >= POWERS[n + 1]!) n++;
  else
    do n--;
    while (size * POWERS[-n]! < 1);
  return n;
}

/** Of a whole number below 1e8. */
function digitsOf(value: number): number {
  if (value < 1e4) return value < 100 ? (value < 10 ? 1 : 2) : value < 1e3 ? 3 : 4;
  return value < 1e6 ? (value < 1e5 ? 5 : 6) : value < 1e7 ? 7 : 8;
}
