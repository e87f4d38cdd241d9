import type { RandomStream } from '../../random/stream.ts';

/** Below this the raised part of an intensity (jumps a step) is 0: subnormal numbers are slow. */
const NEGLIGIBLE = 1e-300;

/** Of a step. Keeps the quotients by the decay from 0 / 0; so slow, it makes no difference. */
const LEAST_DECAY = 1e-200;

/**
 * Events of a self-exciting point process (Hawkes 1971, "Spectra of some self-exciting and mutually exciting point
 * processes"), counted step by step. The intensity jumps by `excitation` at each event and falls back to `base` at the
 * rate `decay`:
 *
 * dλ = −decay·(λ − base)·dt + excitation·dN
 *
 * It starts at its long-run mean base / (1 − excitation/decay), and so stays there on average. Sampled exactly: the time to the
 * next event is the lesser of that of the base and that of the raised part (Dassios and Zhao 2013, "Exact simulation
 * of Hawkes process with exponentially decaying intensity", Electronic Communications in Probability 18).
 */
export class HawkesArrivals {
  /** Events in the last step. */
  count = 0;
  /** ∫λ dt over the last step: the expected number of events of a Poisson process with that intensity. */
  integratedIntensity = 0;
  /** Expected events a step. */
  readonly meanPerStep: number;
  /** In units of one step. */
  private readonly base: number;
  private readonly excitation: number;
  private readonly decay: number;
  private readonly decayedPerStep: number;
  private readonly raisedAtStart: number;
  private random!: RandomStream;
  /** Intensity minus base at the start of the next step. */
  private raised = 0;
  /** From the start of the next step to the next event. */
  private wait = 0;

  /** All rates are a year; base ≥ 0 and 0 ≤ excitation < decay must hold. */
  constructor(
    rates: { readonly baseIntensity: number; readonly excitation: number; readonly decay: number },
    stepsPerYear: number,
  ) {
    const { baseIntensity, excitation, decay } = rates;
    this.base = baseIntensity / stepsPerYear;
    this.excitation = excitation / stepsPerYear;
    this.decay = Math.max(decay / stepsPerYear, LEAST_DECAY);
    this.decayedPerStep = -Math.expm1(-this.decay);
    // −0 is an excitation of 0, and would put the next event before all time.
    this.raisedAtStart = Math.abs(this.base * (excitation / (decay - excitation)));
    this.meanPerStep = this.base + this.raisedAtStart;
  }

  /** Starts a path. `random` may be shared with what is drawn between two steps. */
  begin(random: RandomStream): void {
    this.random = random;
    this.raised = this.raisedAtStart;
    this.wait = this.timeToNext();
  }

  /** Goes on by a step. */
  step(): void {
    this.count = 0;
    this.integratedIntensity = this.base;
    if (this.wait >= 1) {
      this.fall(this.decayedPerStep);
    } else {
      let time = 0;
      do {
        this.fall(-Math.expm1(-this.decay * (this.wait - time)));
        time = this.wait;
        this.raised += this.excitation;
        this.count++;
        this.wait = time + this.timeToNext();
      } while (this.wait < 1);
      this.fall(-Math.expm1(-this.decay * (1 - time)));
    }
    this.wait -= 1;
  }

  /** Lets the raised part of the intensity fall by the given fraction, and integrates it. */
  private fall(fraction: number): void {
    this.integratedIntensity += (this.raised * fraction) / this.decay;
    this.raised -= this.raised * fraction;
    if (this.raised < NEGLIGIBLE) this.raised = 0;
  }

  private timeToNext(): number {
    if (this.base === 0) return Number.POSITIVE_INFINITY;
    const ofBase = this.random.exponential() / this.base;
    // The raised part is finite in total: from 1 on, no event comes of it.
    const spent = (this.random.exponential() * this.decay) / this.raised;
    return spent < 1 ? Math.min(ofBase, -Math.log1p(-spent) / this.decay) : ofBase;
  }
}
