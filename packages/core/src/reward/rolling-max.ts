/** Maximum of the last `window` values, by a queue of candidates that fall: amortised constant time a value. */
export class RollingMax {
  private readonly value: Float64Array;
  private readonly index: Float64Array;
  private readonly window: number;
  private head = 0;
  private length = 0;
  private seen = 0;

  constructor(window: number) {
    this.window = window;
    this.value = new Float64Array(window);
    this.index = new Float64Array(window);
  }

  reset(): void {
    this.head = 0;
    this.length = 0;
    this.seen = 0;
  }

  /** Takes a value and returns the maximum of the last `window`, this one included. */
  push(value: number): number {
    const { window } = this;
    if (this.length > 0 && this.index[this.head]! <= this.seen - window) {
      this.head = (this.head + 1) % window;
      this.length--;
    }
    while (this.length > 0 && this.value[(this.head + this.length - 1) % window]! <= value) this.length--;
    const at = (this.head + this.length) % window;
    this.value[at] = value;
    this.index[at] = this.seen++;
    this.length++;
    return this.value[this.head]!;
  }
}
