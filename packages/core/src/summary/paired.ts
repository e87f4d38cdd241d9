import { studentQuantile } from './student.ts';

/**
 * The confidence interval of a mean whose values come in pairs that depend on one another, as antithetic episodes do. Pairs are
 * independent; one of which a value is missing counts with the other.
 *
 * Where all pairs are whole this is Student's interval of the pair means (Glasserman 2003, 4.2). Else the mean is a ratio of two
 * sums over pairs, with the variance of its linearisation (Cochran 1977, "Sampling Techniques", 6.4).
 */
export class PairedMoments {
  private pairs = 0;
  /** The first value. All others are taken from it, or a mean far from zero would drown what they differ by. */
  private origin: number = Number.NaN;
  /** Of the pairs' sums and counts: means, and sums of squares and products about them. */
  private meanSum = 0;
  private meanCount = 0;
  private squares = 0;
  private products = 0;
  private countSquares = 0;
  private open = -1;
  private sum = 0;
  private count = 0;

  /** Takes the value of an episode; episodes come in order. NaN counts as missing. */
  add(episode: number, value: number): void {
    const pair = Math.floor(episode / 2);
    if (pair !== this.open) this.close();
    this.open = pair;
    if (Number.isNaN(value)) return;
    if (Number.isNaN(this.origin)) this.origin = value;
    this.sum += value - this.origin;
    this.count++;
  }

  /** 95 % confidence interval of the mean, Student's t; NaN below two pairs. */
  get ci95(): [number, number] {
    this.close();
    const { pairs } = this;
    if (pairs < 2) return [Number.NaN, Number.NaN];
    const mean = this.meanSum / this.meanCount;
    const rest = Math.max(0, this.squares - 2 * mean * this.products + mean * mean * this.countSquares);
    const error = Math.sqrt(rest / (pairs - 1) / pairs) / this.meanCount;
    const half = studentQuantile(0.05, pairs - 1) * error;
    return [this.origin + mean - half, this.origin + mean + half];
  }

  private close(): void {
    if (this.count === 0) return;
    this.pairs++;
    const bySum = this.sum - this.meanSum;
    const byCount = this.count - this.meanCount;
    this.meanSum += bySum / this.pairs;
    this.meanCount += byCount / this.pairs;
    this.squares += bySum * (this.sum - this.meanSum);
    this.products += bySum * (this.count - this.meanCount);
    this.countSquares += byCount * (this.count - this.meanCount);
    this.sum = 0;
    this.count = 0;
  }
}
