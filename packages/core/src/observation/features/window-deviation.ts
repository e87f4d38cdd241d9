/** A sum of squares that has fallen to this part of its highest is added up afresh: rounding of what left would show. */
const FALLEN = 1e-4;

/**
 * Sample standard deviation of the last `window` values in constant time: sums of the distances to a centre and of their
 * squares. Once per turn of the ring, and where the squares fall far, the centre moves to the mean and both sums are added up
 * afresh, so rounding never accumulates beyond one window and equal values have a deviation of 0.
 */
export class WindowDeviation {
  private readonly ring: Float64Array;
  private at = 0;
  private count = 0;
  private centre = 0;
  private sum = 0;
  private squares = 0;
  /** Of the sums of squares since they were last added up. */
  private highest = 0;

  constructor(window: number) {
    this.ring = new Float64Array(window);
  }

  begin(): void {
    this.ring.fill(0);
    this.at = 0;
    this.count = 0;
    this.centre = 0;
    this.sum = 0;
    this.squares = 0;
    this.highest = 0;
  }

  push(value: number): void {
    const { ring, at } = this;
    if (this.count < ring.length) this.enter(value);
    else this.replace(ring[at]!, value);
    ring[at] = value;
    this.at = at + 1 === ring.length ? 0 : at + 1;
    if (this.squares > this.highest) this.highest = this.squares;
    if (this.at === 0) this.addUp();
  }

  /** 0 until the window is full. */
  get deviation(): number {
    const { length } = this.ring;
    if (this.count < length) return 0;
    let spread = this.squares - (this.sum * this.sum) / length;
    if (spread < FALLEN * this.highest) {
      this.addUp();
      spread = this.squares;
    }
    return Math.sqrt(spread / (length - 1));
  }

  private enter(value: number): void {
    if (this.count === 0) this.centre = value;
    const distance = value - this.centre;
    this.sum += distance;
    this.squares += distance * distance;
    this.count++;
  }

  private replace(old: number, value: number): void {
    const leaves = old - this.centre;
    const enters = value - this.centre;
    this.sum += enters - leaves;
    this.squares += enters * enters - leaves * leaves;
  }

  private addUp(): void {
    const { ring } = this;
    // From the first value on, so that the mean of equal values is exactly that value.
    const first = ring[0]!;
    let total = 0;
    for (let i = 0; i < ring.length; i++) total += ring[i]! - first;
    const centre = first + total / ring.length;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < ring.length; i++) {
      const distance = ring[i]! - centre;
      sum += distance;
      squares += distance * distance;
    }
    this.centre = centre;
    this.sum = sum;
    this.squares = squares;
    this.highest = squares;
  }
}
