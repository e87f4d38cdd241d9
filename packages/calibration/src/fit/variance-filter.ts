/** Parameters of a stochastic variance with jumps in the price; without them `jumpIntensity` is 0. Rates are per year. */
export interface VarianceModel {
  readonly drift: number;
  readonly longRunVariance: number;
  readonly meanReversionSpeed: number;
  readonly volOfVol: number;
  readonly correlation: number;
  readonly jumpIntensity: number;
  readonly jumpMean: number;
  readonly jumpDeviation: number;
}

/** Nodes of the grid at most: a smaller vol-of-vol than they resolve has no likelihood. */
const MAX_NODES = 2_000;
/** The grid reaches this many standard deviations of the stationary variance above its mean, */
const REACH = 9;
/** and to this many times the largest of the means of squared returns over WINDOW returns. */
const WINDOW = 50;
const HEADROOM = 4;
/** Probabilities below this part of the largest are left out at the ends of the grid. */
const NEGLIGIBLE = 1e-11;
const SQRT_TWO_PI = 2.5066282746310002;
/** Near v = 0 it could move by more than itself within a step: there the shock's skewness is held at this. */
const MAX_SKEW = 0.2;
/** Where v would lose more than all but this part of itself, the shock is taken as normal: its density is next to 0 anyway. */
const LEAST_MOVED = 0.04;
/** Of normal densities: further out they are 0 beside a jump's. */
const MAX_EXPONENT = 700;

/**
 * The likelihood of log returns whose variance is hidden, by a filter on a grid (Kitagawa 1987, "Non-Gaussian state-space modeling of
 * nonstationary time series"; Bartolucci and De Luca 2003, "Likelihood-based inference for asymmetric stochastic volatility
 * models").
 *
 * The nodes lie at equal distances h of √v, whose shocks have the same size at all levels. Given v and the return, the price's
 * shock is known and with it the correlated part of the variance's; the rest spreads a node's probability with the weights of a
 * cubic B-spline. Those have exactly the mean and the variance h²/3 that they should, which sets h. So the filter has an
 * error of the order of the time step only, as Euler's scheme has, and the likelihood is smooth in the parameters.
 */
export class VarianceFilter {
  private readonly returns: Float64Array;
  private readonly yearsPerStep: number;
  /** Largest local mean of squared returns, per year. */
  private readonly peak: number;
  private p: Float64Array = new Float64Array(0);
  private next: Float64Array = new Float64Array(0);

  constructor(returns: Float64Array, yearsPerStep: number) {
    this.returns = returns;
    this.yearsPerStep = yearsPerStep;
    this.peak = largestLocalMean(returns) / yearsPerStep;
  }

  /** Of the log returns; −Infinity where the grid cannot hold the parameters. */
  logLikelihood(model: VarianceModel): number {
    const { returns, yearsPerStep: dt } = this;
    const { longRunVariance: theta, meanReversionSpeed: kappa, volOfVol: sigma, correlation: rho } = model;
    const { drift, jumpIntensity, jumpMean, jumpDeviation } = model;
    // Of √v over a step, given the price's shock.
    const spread = (sigma * sigma * (1 - rho * rho) * -Math.expm1(-2 * kappa * dt)) / (8 * kappa);
    const h = Math.sqrt(3 * spread);
    const stationaryVariance = (sigma * sigma * theta) / (2 * kappa);
    const top = Math.max(theta + REACH * Math.sqrt(stationaryVariance), HEADROOM * this.peak);
    const nodes = Math.ceil(Math.sqrt(top) / h) + 2;
    if (!(nodes <= MAX_NODES)) return -Infinity;
    this.begin(nodes);
    const decay = Math.exp(-kappa * dt);
    const compensator =
      jumpIntensity === 0 ? 0 : jumpIntensity * Math.expm1(jumpMean + (jumpDeviation * jumpDeviation) / 2);
    const mean = (drift - compensator) * dt;
    const jumpProbability = -Math.expm1(-jumpIntensity * dt);
    const jumpVariance = jumpDeviation * jumpDeviation;
    const perShock = sigma * rho;
    const rootStep = Math.sqrt(dt);
    startStationary(this.p, nodes, h, theta, kappa, sigma);
    let first = 0;
    let last = nodes - 1;
    let total = 0;
    for (let t = 0; t < returns.length; t++) {
      const { p, next } = this;
      const r = returns[t]! - mean;
      next.fill(0, 0, nodes);
      let density = 0;
      let largest = 0;
      for (let i = first; i <= last; i++) {
        const x = (i + 0.5) * h;
        const v = x * x;
        const variance = v * dt;
        let shock = r + variance / 2;
        // The shock is √v·ΔW + slope·(ΔW² − dt)/4 for the price's ΔW, as v moves with it within the step.
        const slope = Math.max(-MAX_SKEW * x, Math.min(MAX_SKEW * x, perShock * rootStep)) / rootStep;
        const moved = v + slope * (shock + (slope * dt) / 4);
        const root = moved > LEAST_MOVED * v ? Math.sqrt(moved) : x;
        const brownian = (2 * (shock + (root === x ? 0 : (slope * dt) / 4))) / (root + x);
        const exponent = (brownian * brownian) / (2 * dt);
        let likelihood = Math.exp(-Math.min(MAX_EXPONENT, exponent)) / (SQRT_TWO_PI * root * rootStep);
        if (jumpProbability > 0) {
          const jumped = variance + jumpVariance;
          const rest = shock - jumpMean;
          const ofJump =
            (jumpProbability * Math.exp((-rest * rest) / (2 * jumped))) / (SQRT_TWO_PI * Math.sqrt(jumped));
          const ofNone = (1 - jumpProbability) * likelihood;
          likelihood = ofNone + ofJump;
          const share = ofJump / likelihood;
          shock = (1 - share) * shock + (share * rest * variance) / jumped;
        }
        const weight = p[i]! * likelihood;
        density += weight;
        if (weight > largest) largest = weight;
        const expected = theta + (v - theta) * decay + perShock * shock;
        // E[v] = place² + spread: the mean of v is exact.
        const place = expected > spread ? Math.sqrt(expected - spread) / h - 0.5 : -0.5;
        scatter(next, nodes, place, weight);
      }
      if (!(density > 0)) return -Infinity;
      total += Math.log(density);
      const scale = 1 / density;
      const floor = NEGLIGIBLE * largest;
      first = 0;
      last = nodes - 1;
      while (first < last && next[first]! < floor) first++;
      while (last > first && next[last]! < floor) last--;
      for (let i = first; i <= last; i++) next[i]! *= scale;
      this.p = next;
      this.next = p;
    }
    return total;
  }

  private begin(nodes: number): void {
    if (this.p.length >= nodes) return;
    this.p = new Float64Array(nodes);
    this.next = new Float64Array(nodes);
  }
}

/** Spreads a weight over the four nodes around a place, by a cubic B-spline. */
function scatter(p: Float64Array, nodes: number, place: number, weight: number): void {
  const k = Math.floor(place);
  const f = place - k;
  const g = 1 - f;
  const f2 = f * f;
  const g2 = g * g;
  const sixth = weight / 6;
  if (k >= 1 && k + 2 < nodes) {
    p[k - 1]! += sixth * g2 * g;
    p[k]! += sixth * (4 - 3 * f2 * (2 - f));
    p[k + 1]! += sixth * (4 - 3 * g2 * (2 - g));
    p[k + 2]! += sixth * f2 * f;
  } else {
    // √v and −√v are one: the grid's lower end reflects; its upper end holds.
    p[reflected(k - 1, nodes)]! += sixth * g2 * g;
    p[reflected(k, nodes)]! += sixth * (4 - 3 * f2 * (2 - f));
    p[reflected(k + 1, nodes)]! += sixth * (4 - 3 * g2 * (2 - g));
    p[reflected(k + 2, nodes)]! += sixth * f2 * f;
  }
}

function reflected(k: number, nodes: number): number {
  return k < 0 ? -1 - k : Math.min(k, nodes - 1);
}

/** The stationary law of v is gamma of shape 2κθ/σ²; the density of √v at the nodes. */
function startStationary(p: Float64Array, nodes: number, h: number, theta: number, kappa: number, sigma: number): void {
  const shape = (2 * kappa * theta) / (sigma * sigma);
  const rate = (2 * kappa) / (sigma * sigma);
  const log = (x: number): number => (2 * shape - 1) * Math.log(x) - rate * x * x;
  const mode = Math.sqrt(Math.max(shape - 0.5, 0) / rate);
  const top = log(Math.max(mode, h / 2));
  let sum = 0;
  for (let i = 0; i < nodes; i++) sum += p[i] = Math.exp(log((i + 0.5) * h) - top);
  for (let i = 0; i < nodes; i++) p[i]! /= sum;
}

function largestLocalMean(returns: Float64Array): number {
  const width = Math.min(WINDOW, returns.length);
  let sum = 0;
  let largest = 0;
  for (let t = 0; t < returns.length; t++) {
    sum += returns[t]! * returns[t]!;
    if (t >= width) sum -= returns[t - width]! * returns[t - width]!;
    if (t >= width - 1) largest = Math.max(largest, sum / width);
  }
  return largest;
}
