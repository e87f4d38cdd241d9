import { CalibrationError, type Calibrator, calibrators, type Estimate, type PriceSample } from '@ergodic/calibration';
import { suggest } from '@ergodic/core';
import { UsageError } from '../config/errors.ts';

/** A calibrator's name with what it found. Two calibrators may fit one process: garch and garch-t. */
export interface Fit {
  readonly name: string;
  readonly source: string;
  readonly estimate: Estimate;
}

export interface Refusal {
  readonly name: string;
  /** Why the prices do not tell its parameters. */
  readonly message: string;
}

export interface Fits {
  /** By BIC, the lowest first; then those without one. */
  readonly fits: readonly Fit[];
  readonly refusals: readonly Refusal[];
}

/** The calibrators of these names, or without any those that rank by a likelihood and are quick. Throws UsageError. */
export function chooseCalibrators(names: readonly string[]): readonly Calibrator[] {
  if (names.length === 0) return calibrators.filter(({ isOnRequest }) => isOnRequest !== true);
  const known = calibrators.map(({ name }) => name);
  return [...new Set(names)].map((name) => {
    const found = calibrators.find((calibrator) => calibrator.name === name);
    if (found !== undefined) return found;
    const meant = suggest(name, known);
    const hint = meant === undefined ? '' : `did you mean ${meant}? `;
    throw new UsageError(`--process ${name}: is nothing that can be fitted; ${hint}known: ${known.join(', ')}`);
  });
}

/** Fits each; `onStart` hears of the one that begins. An error that is not about the prices is thrown. */
export function fitAll(
  chosen: readonly Calibrator[],
  sample: PriceSample,
  onStart: (name: string, index: number) => void,
): Fits {
  const fits: Fit[] = [];
  const refusals: Refusal[] = [];
  for (const [i, calibrator] of chosen.entries()) {
    const { name, source } = calibrator;
    onStart(name, i);
    try {
      fits.push({ name, source, estimate: calibrator.fit(sample) });
    } catch (error) {
      if (!(error instanceof CalibrationError)) throw error;
      const { message } = error;
      refusals.push({ name, message: message.startsWith(`${name}:`) ? message : `${name}: ${message}` });
    }
  }
  const rank = ({ estimate }: Fit): number => estimate.bic ?? Infinity;
  // Of two without a figure neither is before the other: Infinity − Infinity is not a number.
  fits.sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  return { fits, refusals };
}
