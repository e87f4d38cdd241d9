import type { ParameterEstimate, VolumeEstimate } from '@ergodic/calibration';
import { table } from '../format.ts';
import type { Fit, Refusal } from './fits.ts';

const WIDTH = 100;
const NONE = '–';
/** Of the 95 % interval, in standard errors. */
export const INTERVAL = 1.96;

type Dim = (text: string) => string;

/** The ranking, one line a fit. */
export function renderRanking(fits: readonly Fit[], refusals: readonly Refusal[]): string[] {
  const best = fits[0]?.estimate.bic ?? null;
  const rows = fits.map(({ name, estimate: { parameters, logLikelihood, aic, bic } }) => [
    name,
    String(parameters.length),
    decimal(logLikelihood),
    decimal(aic),
    decimal(bic),
    bic === null || best === null ? NONE : decimal(bic - best),
  ]);
  const head = ['process', 'parameters', 'log-likelihood', 'AIC', 'BIC', 'ΔBIC'];
  const lines = rows.length === 0 ? [] : table([head, ...rows], [1, 2, 3, 4, 5]);
  return [...lines, ...refusals.flatMap(({ message }) => wrap(`not fitted: ${message}`, '', '  '))];
}

/** A fit with its parameters, their errors, and what to know of them. */
export function renderFit({ name, source, estimate }: Fit, dim: Dim): string[] {
  const { method, parameters, remarks } = estimate;
  return [
    ...wrap(`${name}: ${method}`, '', '  '),
    ...wrap(source, '  ', '  ').map(dim),
    ...renderParameters(parameters),
    ...remarks.flatMap((remark) => wrap(remark, '  ! ', '    ')),
  ];
}

export function renderVolume({ parameters, rSquared, observations, remarks }: VolumeEstimate, dim: Dim): string[] {
  const explained = `${(100 * rSquared).toFixed(0)} % of the variance of log volumes, ${observations.toLocaleString('en-US')} candles`;
  return [
    'volume of a candle: least squares of its logarithm on that of the range',
    dim(`  Clark (1973), Tauchen and Pitts (1983); explains ${explained}`),
    ...renderParameters(parameters),
    ...remarks.flatMap((remark) => wrap(remark, '  ! ', '    ')),
  ];
}

function renderParameters(parameters: readonly ParameterEstimate[]): string[] {
  const rows = parameters.map(({ name, value, standardError }) => {
    if (standardError === null) return [name, figure(value), NONE, NONE, '', ''];
    const places = placesFor(standardError, value);
    const [low, high] = [value - INTERVAL * standardError, value + INTERVAL * standardError];
    return [name, places(value), places(standardError), places(low), 'to', places(high)];
  });
  const head = ['parameter', 'estimate', 'error', '95 % interval', '', ''];
  // The heading of the interval spans its three columns.
  const cells = table([head.map((cell, i) => (i === 3 ? '' : cell)), ...rows], [1, 2, 3, 5]);
  const at = cells.slice(1).reduce((place, line) => Math.max(place, line.indexOf(' to ')), -1);
  const heading = `${cells[0]!.padEnd(Math.max(cells[0]!.length, at - 7))}  95 % interval`;
  return [at < 0 ? cells[0]! : heading, ...cells.slice(1)].map((line) => `  ${line}`.trimEnd());
}

/** Two digits of the error, and as many places of everything beside it. */
function placesFor(error: number, value: number): (value: number) => string {
  const places = 1 - Math.floor(Math.log10(error));
  if (places > 9 || Math.abs(value) >= 1e12) return (x) => x.toExponential(3);
  const digits = Math.max(0, places);
  return (x) => x.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Five significant digits. */
function figure(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e12)) return value.toExponential(4);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 5 });
}

function decimal(value: number | null): string {
  if (value === null) return NONE;
  return value.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** Words on lines of at most 100 columns. */
function wrap(text: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
