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
  private buffer: Buffer;
  /** Where the next byte goes; whoever moves it has reserved the room. */
  at = 0;

  /** `size`: bytes that it holds; more where one point needs more. */
  constructor(onFull: (bytes: Buffer) => void, size: number = SIZE) {
    this.onFull = onFull;
    this.buffer = Buffer.allocUnsafe(size);
  }

  /** Makes sure that so many bytes fit, and gives the buffer. Everything below counts on it. */
  reserve(bytes: number): Buffer {
    if (this.at + bytes > this.buffer.length) {
      this.flush();
      if (bytes > this.buffer.length) this.buffer = Buffer.allocUnsafe(bytes);
    }
    return this.buffer;
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
    // The largest power of ten that is not above it.
    let exponent = 0;
    if (size >= 1) while (size >= POWERS[exponent + 1]!) exponent++;
    else
      do exponent--;
      while (size * POWERS[-exponent]! < 1);
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
    const { buffer } = this;
    let { at } = this;
    if (value < 0) buffer[at++] = MINUS;
    if (exponent < 0) {
      buffer[at++] = ZERO;
      buffer[at++] = POINT;
      for (let i = exponent + 1; i < 0; i++) buffer[at++] = ZERO;
    }
    // Nine digits of high and eight of low. Those before the point are few: they move, to make room for it.
    const start = at;
    if (exponent >= 0) at++;
    let digits = low | 0;
    for (let i = at + 16; i > at + 8; i--) {
      buffer[i] = ZERO + (digits % 10);
      digits = (digits / 10) | 0;
    }
    digits = high | 0;
    for (let i = at + 8; i >= at; i--) {
      buffer[i] = ZERO + (digits % 10);
      digits = (digits / 10) | 0;
    }
    this.at = at + 17;
    if (exponent < 0) return true;
    const point = start + exponent + 1;
    for (let i = start; i < point; i++) buffer[i] = buffer[i + 1]!;
    buffer[point] = POINT;
    return true;
  }

  /** A safe whole number; 0 for −0. At most 17 bytes. */
  integer(value: number): void {
    let rest = value;
    if (rest < 0) {
      this.buffer[this.at++] = MINUS;
      rest = -rest;
    }
    if (rest >= CHUNK) {
      const high = Math.floor(rest / CHUNK);
      this.integer(high);
      this.digits(rest - high * CHUNK, 8);
    } else {
      let count = 1;
      for (let power = 10; power <= rest; power *= 10) count++;
      this.digits(rest, count);
    }
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
