import { existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fitVolume, type PriceSample, type VolumeEstimate } from '@ergodic/calibration';
import { type CandleSeries, formatDuration } from '@ergodic/core';
import { type CandleFile, readCandleFile } from '@ergodic/workers';
import { type ConfigInputs, configOf, randomizeOf, renderConfig, symbolOf } from '../calibrate/config.ts';
import { chooseCalibrators, type Fit, type Fits, fitAll, type Refusal } from '../calibrate/fits.ts';
import { INTERVAL, renderFit, renderRanking, renderVolume } from '../calibrate/render.ts';
import { UsageError } from '../config/errors.ts';
import { PROTOTYPE_KEYS } from '../config/source.ts';
import { count, quoteWord } from '../format.ts';
import { colorsFor, notice, print, printJson } from '../output.ts';
import { typed } from '../runs.ts';

const YEAR_MS = 365 * 86_400_000;
const DAY_DIGITS = 10;
/** After so long without a word, a line that does not go to a terminal says what is being fitted. */
const QUIET_MS = 2_000;
const MAX_SYMBOL = 64;
const MAX_REFUSALS = 3;

export interface CalibrateOptions {
  readonly process?: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
  readonly symbol?: string;
  readonly volume?: boolean;
}

/** Fits processes to the closes of a file, ranks them, and writes a config with the best. */
export async function calibrate(file: string, options: CalibrateOptions): Promise<number> {
  const asked = (options.process ?? []).flatMap((names) => names.split(',')).map((name) => name.trim());
  const named = asked.filter((name) => name !== '');
  if (asked.length > 0 && named.length === 0) {
    throw new UsageError('--process: names no process; leave it out to fit all, or write --process gbm,merton');
  }
  const chosen = chooseCalibrators(named);
  const symbol = checkSymbol(options.symbol ?? symbolOf(file));
  if (options.out !== undefined) checkTarget(options.out);
  const candles = readCandleFile(file);
  const sample = sampleOf(candles.series);
  sayNotices(file, candles, sample);
  const volume = options.volume === true ? volumeOf(file, candles.series) : undefined;
  const progress = createProgress(chosen.length);
  const found = fitAll(chosen, sample, progress.start);
  progress.stop();
  const best = found.fits[0];
  if (best === undefined) throw nothingFitted(file, found.refusals);
  const inputs: ConfigInputs = {
    symbol,
    interval: formatDuration(candles.series.intervalMs),
    price: sample.prices.at(-1)!,
    estimate: best.estimate,
    volume,
    file,
    folder: options.out === undefined ? process.cwd() : path.dirname(path.resolve(options.out)),
  };
  const text = renderConfig(titleOf(best, file, candles.series), inputs);
  if (options.out !== undefined) {
    writeNew(options.out, text);
    notice(`wrote ${typed(path.resolve(options.out))}; next: ergodic run ${quoteWord(options.out)}`);
  }
  if (options.json === true) printJson(documentOf(file, candles, found, inputs));
  else print(render(file, candles.series, found, volume, options.out === undefined ? text : undefined));
  return asked.length > 0 && found.refusals.length > 0 ? 1 : 0;
}

function nothingFitted(file: string, refusals: readonly Refusal[]): UsageError {
  const lines = refusals.slice(0, MAX_REFUSALS).map(({ message }) => `${file}: ${message}`);
  if (refusals.length > MAX_REFUSALS) lines.push(`and ${refusals.length - MAX_REFUSALS} more`);
  return new UsageError(lines.join('\n'));
}

/** Closes, and where steps between them span missing candles. */
function sampleOf({ close, timeMs, intervalMs }: CandleSeries): PriceSample {
  const gaps: number[] = [];
  for (let i = 1; i < timeMs.length; i++) if (timeMs[i]! - timeMs[i - 1]! !== intervalMs) gaps.push(i);
  return { prices: close, yearsPerStep: intervalMs / YEAR_MS, gaps };
}

function sayNotices(file: string, { notices }: CandleFile, { gaps = [] }: PriceSample): void {
  for (const { line, rule, missing } of notices) if (missing === 0) notice(`${file}:${line}: ${rule}`);
  if (gaps.length === 0) return;
  const missing = notices.reduce((sum, one) => sum + one.missing, 0);
  const places = gaps.length === 1 ? 'one gap' : `${count(gaps.length)} gaps`;
  const rows = missing === 1 ? 'one candle is' : `${count(missing)} candles are`;
  notice(`${file}: ${rows} missing in ${places}; the returns across them are left out`);
}

function volumeOf(file: string, { high, low, close, volume }: CandleSeries): VolumeEstimate {
  if (volume.length === 0) throw new UsageError(`--volume: ${file} has no column of volumes; leave the option out`);
  let square = 0;
  let mean = 0;
  const n = close.length - 1;
  for (let i = 1; i <= n; i++) mean += Math.log(close[i]! / close[i - 1]!) / n;
  for (let i = 1; i <= n; i++) square += (Math.log(close[i]! / close[i - 1]!) - mean) ** 2 / n;
  return fitVolume({ high, low, volume, stepDeviation: Math.sqrt(square) });
}

function checkSymbol(symbol: string): string {
  if (PROTOTYPE_KEYS.includes(symbol)) throw new UsageError(`--symbol ${symbol}: is not allowed as a name`);
  if (symbol.length > 0 && symbol.length <= MAX_SYMBOL) return symbol;
  throw new UsageError(`--symbol ${symbol}: must have 1 to ${MAX_SYMBOL} characters, such as BTC/USD`);
}

function checkTarget(out: string): void {
  if (existsSync(out)) throw alreadyThere(out);
  const folder = path.dirname(path.resolve(out));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--out ${out}: the folder ${folder} does not exist; make it, or name another file`);
  }
}

function alreadyThere(out: string): UsageError {
  return new UsageError(`--out ${out}: exists and is not overwritten; remove it, or name another file`);
}

function writeNew(out: string, text: string): void {
  try {
    writeFileSync(out, text, { flag: 'wx' });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? alreadyThere(out) : error;
  }
}

function createProgress(total: number): { start(name: string, index: number): void; stop(): void } {
  const { stderr } = process;
  const isTerminal = stderr.isTTY === true;
  let said = performance.now();
  return {
    start: (name, index) => {
      const text = `fitting ${name}, ${index + 1} of ${total}`;
      if (isTerminal) stderr.write(`\r\x1b[2K${text}`);
      else if (performance.now() - said > QUIET_MS) {
        notice(text);
        said = performance.now();
      }
    },
    stop: () => {
      if (isTerminal) stderr.write('\r\x1b[2K');
    },
  };
}

function render(
  file: string,
  series: CandleSeries,
  { fits, refusals }: Fits,
  volume: VolumeEstimate | undefined,
  config: string | undefined,
): string {
  const { bold, dim } = colorsFor(process.stdout);
  const parts = [
    [bold(`${file}: ${describe(series)}`)],
    renderRanking(fits, refusals),
    ...fits.map((fit) => renderFit(fit, dim)),
    ...(volume === undefined ? [] : [renderVolume(volume, dim)]),
  ].map((lines) => lines.join('\n'));
  if (config !== undefined) parts.push(config.trimEnd());
  return `${parts.join('\n\n')}\n`;
}

/** `1,865 closes of 1d, 2014-11-28 to 2020-01-05` */
function describe({ close, timeMs, intervalMs }: CandleSeries): string {
  const [from, to] = [timeMs[0]!, timeMs.at(-1)!].map((ms) => new Date(ms).toISOString().slice(0, DAY_DIGITS));
  return `${count(close.length)} closes of ${formatDuration(intervalMs)}, ${from} to ${to}`;
}

function titleOf({ name, estimate: { method } }: Fit, file: string, series: CandleSeries): string {
  return `${name} by ${method}\n# ${path.basename(file)}: ${describe(series)}`;
}

function documentOf(
  file: string,
  { series, sha256 }: CandleFile,
  { fits, refusals }: Fits,
  inputs: ConfigInputs,
): object {
  const { estimate: _, volume, ...rest } = inputs;
  return {
    file,
    sha256,
    symbol: rest.symbol,
    interval: rest.interval,
    closes: series.close.length,
    from: new Date(series.timeMs[0]!).toISOString(),
    to: new Date(series.timeMs.at(-1)!).toISOString(),
    best: fits[0]!.name,
    estimates: fits.map(({ name, source, estimate }) => ({
      name,
      source,
      ...estimate,
      parameters: estimate.parameters.map((parameter) => ({ ...parameter, ci95: intervalOf(parameter) })),
    })),
    notFitted: refusals,
    volume: volume ?? null,
    config: configOf(inputs),
    randomize: (randomizeOf(inputs.symbol, inputs.estimate) as { randomize?: unknown } | undefined)?.randomize ?? null,
  };
}

function intervalOf({
  value,
  standardError,
}: {
  value: number;
  standardError: number | null;
}): [number, number] | null {
  if (standardError === null) return null;
  return [value - INTERVAL * standardError, value + INTERVAL * standardError];
}
