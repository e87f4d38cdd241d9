/** A sum that has fallen to this part of its highest is added up afresh: rounding of what left would show. */
const FALLEN = 1e-3;

/**
 * Sum of the last `window` non-negative values in constant time. The sum moves by what enters minus what leaves; once per turn
 * of the ring, and where it falls far, it is added up afresh, so rounding never accumulates beyond one window.
 */
export class WindowSum {
  private readonly ring: Float64Array;
  private at = 0;
  private count = 0;
  private sum = 0;
  /** Of the sums since it was last added up. */
  private highest = 0;

  constructor(window: number) {
    this.ring = new Float64Array(window);
  }

  begin(): void {
    this.ring.fill(0);
    this.at = 0;
    this.count = 0;
    this.sum = 0;
    this.highest = 0;
  }

  push(value: number): void {
    const { ring, at } = this;
    this.sum += value - ring[at]!;
    ring[at] = value;
    if (this.count < ring.length) this.count++;
    this.at = at + 1 === ring.length ? 0 : at + 1;
    if (this.sum > this.highest) this.highest = this.sum;
    if (this.at === 0 || this.sum < FALLEN * this.highest) this.addUp();
  }

  get isFull(): boolean {
    return this.count === this.ring.length;
  }

  /** Of the values in the window. */
  get total(): number {
    return this.sum;
  }

  private addUp(): void {
    const { ring } = this;
    let sum = 0;
    for (let i = 0; i < ring.length; i++) sum += ring[i]!;
    this.sum = sum;
    this.highest = sum;
  }
}
