export interface Rates {
  readonly baseIntensity: number;
  readonly excitation: number;
  readonly decay: number;
}

/**
 * Second moments of a Hawkes process that starts at its long-run mean intensity, after `years`.
 *
 * With m that mean and b = decay − excitation, the moments solve linear equations (Dassios and Zhao 2011, "A dynamic
 * contagion process"): Var(λ)' = −2b·Var(λ) + excitation²·m, Cov(Λ, λ)' = −b·Cov(Λ, λ) + Var(λ), Cov(N, λ)' =
 * −b·Cov(N, λ) + Var(λ) + excitation·m, Var(Λ)' = 2·Cov(Λ, λ), Var(N)' = 2·Cov(N, λ) + m, Cov(N, Λ)' = Cov(N, λ) +
 * Cov(Λ, λ), where Λ = ∫λ dt.
 */
export function hawkesMoments({ baseIntensity, excitation, decay }: Rates, years: number) {
  const b = decay - excitation;
  const m = baseIntensity / (1 - excitation / decay);
  const k = (excitation * excitation * m) / (2 * b);
  const faded = -Math.expm1(-b * years);
  const once = years - faded / b;
  const twice = years - (2 * faded) / b - Math.expm1(-2 * b * years) / (2 * b);
  const ofCountAndIntensity = ((excitation * m) / b) * faded + (k / b) * faded * faded;
  return {
    meanIntensity: m,
    after: {
      varianceOfCount: m * years + ((2 * excitation * m) / b) * once + ((2 * k) / b) * twice,
      varianceOfIntegral: ((2 * k) / b) * twice,
      covarianceOfCountAndIntegral: ((excitation * m) / b) * once + ((2 * k) / b) * twice,
    },
    /** Of the number of events with that of the `next` years. */
    covarianceWithNext: (next: number): number => (ofCountAndIntensity * -Math.expm1(-b * next)) / b,
  };
}
