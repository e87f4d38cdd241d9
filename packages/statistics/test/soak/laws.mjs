// Laws of total returns whose figures are known in closed form: mixtures of lognormal growths.
import { logGamma, normalCdf } from '@ergodic/statistics';

/**
 * Growth is exp(m + s·Z) with (m, s) of one of the parts, picked by weight; the return is growth − 1. Figures are of the return, rates per
 * episode (one year).
 */
export class LognormalMixture {
  /** @param {readonly { weight: number, m: number, s: number }[]} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /** Draws a return. */
  draw(random) {
    return Math.exp(this.#logGrowth(random)) - 1;
  }

  /** Fills values 2k and 2k + 1 with antithetic pairs: one part, and normals of opposite sign. */
  drawPair(random, out, at) {
    const { m, s } = this.#part(random);
    const z = random.normal();
    out[at] = Math.exp(m + s * z) - 1;
    out[at + 1] = Math.exp(m - s * z) - 1;
  }

  #part(random) {
    if (this.parts.length === 1) return this.parts[0];
    let rest = random.nextDouble();
    for (const part of this.parts) {
      rest -= part.weight;
      if (rest < 0) return part;
    }
    return this.parts.at(-1);
  }

  #logGrowth(random) {
    const { m, s } = this.#part(random);
    return m + s * random.normal();
  }

  #sum(of) {
    return this.parts.reduce((sum, part) => sum + part.weight * of(part), 0);
  }

  /** P(R < x). */
  cdf(x) {
    return this.#sum(({ m, s }) => normalCdf((Math.log(1 + x) - m) / s));
  }

  /** E[R; R < x], by E[growth; growth < y] = exp(m + s²/2)·Φ((log y − m)/s − s). */
  partialMean(x) {
    return this.#sum(({ m, s }) => Math.exp(m + (s * s) / 2) * normalCdf((Math.log(1 + x) - m) / s - s)) - this.cdf(x);
  }

  get mean() {
    return this.#sum(({ m, s }) => Math.exp(m + (s * s) / 2)) - 1;
  }

  get sd() {
    const growth = this.mean + 1;
    return Math.sqrt(this.#sum(({ m, s }) => Math.exp(2 * m + 2 * s * s)) - growth * growth);
  }

  quantile(p) {
    return bisect((x) => this.cdf(x) - p, -1 + 1e-12, 1e3);
  }

  /** Mean of the lowest part p, or for p ≥ 0.5 of the highest 1 − p. */
  shortfall(p) {
    const below = this.partialMean(this.quantile(p));
    return p < 0.5 ? below / p : (this.mean - below) / (1 - p);
  }

  get iqm() {
    return 2 * (this.partialMean(this.quantile(0.75)) - this.partialMean(this.quantile(0.25)));
  }

  get timeAverageGrowth() {
    return this.#sum(({ m }) => m);
  }

  get ensembleAverageGrowth() {
    return Math.log(1 + this.mean);
  }

  /** Root of E[R/(1 + f·R)] in 0 < f < 1, the integral by the trapezoidal rule over ±9 deviations; 1 or 0 where there is none. */
  get kelly() {
    const score = (f) =>
      this.#sum(({ m, s }) => {
        let sum = 0;
        for (let z = -9; z <= 9; z += 0.01) {
          const value = Math.exp(m + s * z) - 1;
          sum += (0.01 * Math.exp((-z * z) / 2) * value) / (1 + f * value);
        }
        return sum / Math.sqrt(2 * Math.PI);
      });
    if (score(0) <= 0) return 0;
    return score(1 - 1e-9) >= 0 ? 1 : bisect((f) => -score(f), 0, 1 - 1e-9);
  }
}

/** Root of a rising function. */
function bisect(of, low, high) {
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2;
    if (of(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const HALF_YEAR = 0.5;

/** Buy and hold of a geometric Brownian motion, volatility 0.7, half a year; drift 0.2 as the growth of the mean. */
export const buyAndHold = gbm(0.2, 0.7, HALF_YEAR);

/** The law of a geometric Brownian motion's return over some years. */
export function gbm(drift, volatility, years) {
  const variance = volatility * volatility * years;
  return new LognormalMixture([{ weight: 1, m: drift * years - variance / 2, s: Math.sqrt(variance) }]);
}

/**
 * As a moving-average crossover comes out: most episodes lose a little to whipsaws, some ride a trend far up, a few are caught by a fall. Skewness
 * 2.8, excess kurtosis 12.
 */
export const crossover = new LognormalMixture([
  { weight: 0.6, m: -0.1, s: 0.12 },
  { weight: 0.3, m: 0.25, s: 0.4 },
  { weight: 0.1, m: -0.3, s: 0.25 },
]);

/** P(k hits) of n trials, for all k. */
export function binomialTerms(n, p) {
  const terms = new Float64Array(n + 1);
  for (let k = 0; k <= n; k++) {
    const choices = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
    terms[k] = Math.exp(choices + k * Math.log(p) + (n - k) * Math.log1p(-p));
  }
  return terms;
}
