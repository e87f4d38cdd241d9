import type { Calibrator, Estimate } from './estimate.ts';

export interface Fitted {
  readonly names: readonly string[];
  readonly values: readonly number[];
  readonly standardErrors: readonly (number | null)[];
  readonly covariance: readonly (readonly number[])[] | null;
  /** Of the prices. */
  readonly logLikelihood: number | null;
  readonly observations: number;
  readonly remarks?: readonly string[];
  /** Keys of the config beside `process` and the parameters; a key of a parameter replaces its value. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The estimate of a calibrator, with the information criteria of Akaike (1974) and Schwarz (1978). */
export function estimateOf({ process, method }: Pick<Calibrator, 'process' | 'method'>, fitted: Fitted): Estimate {
  const { names, values, standardErrors, covariance, logLikelihood, observations, remarks = [], config = {} } = fitted;
  const count = names.length;
  const deviance = logLikelihood === null ? null : -2 * logLikelihood;
  return {
    process,
    method,
    parameters: names.map((name, i) => ({ name, value: values[i]!, standardError: standardErrors[i]! })),
    covariance,
    logLikelihood,
    aic: deviance === null ? null : deviance + 2 * count,
    bic: deviance === null ? null : deviance + count * Math.log(observations),
    observations,
    config: { process, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])), ...config },
    remarks,
  };
}
