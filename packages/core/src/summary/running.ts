import { studentQuantile } from './student.ts';

/** Mean, deviation and extremes of a stream of values (Welford 1962), fed in a fixed order. NaN counts as missing. */
export class RunningMoments {
  n = 0;
  mean = 0;
  min: number = Number.POSITIVE_INFINITY;
  max: number = Number.NEGATIVE_INFINITY;
  private squares = 0;

  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.n++;
    const difference = value - this.mean;
    this.mean += difference / this.n;
    this.squares += difference * (value - this.mean);
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /** Sample standard deviation; NaN below two values. */
  get sd(): number {
    return this.n < 2 ? Number.NaN : Math.sqrt(this.squares / (this.n - 1));
  }

  /** 95 % confidence interval of the mean, Student's t; NaN below two values. */
  get ci95(): [number, number] {
    if (this.n < 2) return [Number.NaN, Number.NaN];
    const half = (studentQuantile(0.05, this.n - 1) * this.sd) / Math.sqrt(this.n);
    return [this.mean - half, this.mean + half];
  }
}
