import { basename } from 'node:path';
import type { CandlesConfig, Config, Dynamics, InTime, MarketConfig, MarketOf } from '@ergodic/core';
import type { ReportData } from './data/load.ts';
import { count, exact as exactFigure, exactPercent as exactFigurePercent, percent, plural } from './format.ts';

const SIGNIFICANT_DIGITS = 6;

/** A sentence is no place for the seventeen digits of an estimate; the config has them. */
function exact(x: number): string {
  return exactFigure(Number(x.toPrecision(SIGNIFICANT_DIGITS)));
}

function exactPercent(x: number): string {
  return exactFigurePercent(Number(x.toPrecision(SIGNIFICANT_DIGITS)));
}

/** The market model of a symbol, as one reads it aloud. */
export function marketInWords(market: MarketConfig, daysPerYear = 365): string {
  switch (market.process) {
    case 'replay':
      return market.start === 'random'
        ? `the candles of ${basename(market.file)}, each episode from a candle of its own`
        : `the candles of ${basename(market.file)}, the same in every episode`;
    case 'bootstrap':
      return bootstrapInWords(market);
    case 'regime-switching':
      return `${regimesInWords(market, daysPerYear)}${candlesInWords(market)}`;
    default:
      return `${dynamicsInWords(market, ` from ${exact(market.price)}`)}${candlesInWords(market)}`;
  }
}

type Single = Exclude<MarketConfig, { process: 'replay' | 'bootstrap' | 'regime-switching' }>;

/** A process; `start` is the text for its initial price, '' within a regime. */
function dynamicsInWords(market: Single | Dynamics, start: string): string {
  switch (market.process) {
    case 'gbm':
      return `geometric Brownian motion${start}, ${yearly(market)}`;
    case 'abm':
      return `arithmetic Brownian motion${start}, drift ${inTime(market.drift, exact)} and volatility ${inTime(market.volatility, exact)} (price units) a year`;
    case 'ou':
      return `Ornstein–Uhlenbeck process${start} around ${exact(market.longRunMean)}, mean reversion speed ${exact(market.meanReversionSpeed)} and volatility ${exact(market.volatility)} (price units) a year`;
    case 'exp-ou':
      return `exponential Ornstein–Uhlenbeck process${start} around ${exact(market.longRunMean)}, mean reversion speed ${exact(market.meanReversionSpeed)} and volatility ${exactPercent(market.volatility)} a year`;
    case 'cir':
      return `square-root process (CIR)${start} around ${exact(market.longRunMean)}, mean reversion speed ${exact(market.meanReversionSpeed)} and volatility ${exact(market.volatility)} √price a year`;
    case 'cev':
      return `constant elasticity of variance${start}, elasticity ${exact(market.elasticity)}, ${yearly(market)} at the initial price`;
    case 'merton':
      return `Merton’s jump diffusion${start}, ${yearly(market)}, and ${jumpsInWords(market)}`;
    case 'kou':
      return `Kou’s jump diffusion${start}, ${yearly(market)}, and ${exact(market.jumpIntensity)} jumps a year, ${exactPercent(market.upProbability)} of them upwards, by ${percent(1 / market.upRate)} (up) or ${percent(1 / market.downRate)} (down) on average`;
    case 'variance-gamma':
      return `variance gamma process${start}, ${yearly(market)}, skew ${exact(market.skew)} and variance rate ${exact(market.varianceRate)} years`;
    case 'heston':
      return `Heston’s stochastic volatility${start}, ${varianceInWords(market)}`;
    case 'bates':
      return `Bates’ stochastic volatility with jumps${start}, ${varianceInWords(market)}, and ${jumpsInWords(market)}`;
    case 'garch':
      return `GARCH(1,1)${start}, ${yearly(market)} in the long run, alpha ${exact(market.alpha)} and beta ${exact(market.beta)}, ${shocksInWords(market.degreesOfFreedom)}`;
    case 'gjr-garch':
      return `GJR-GARCH(1,1)${start}, ${yearly(market)} in the long run, alpha ${exact(market.alpha)}, gamma ${exact(market.gamma)} and beta ${exact(market.beta)}, ${shocksInWords(market.degreesOfFreedom)}`;
    case 'fbm':
      return `exponential of fractional Brownian motion${start}, Hurst exponent ${exact(market.hurst)}, ${yearly(market)}`;
    case 'rough-volatility':
      return `rough Bergomi model${start}, ${yearly(market)}, roughness ${exact(market.hurst)}, volatility of volatility ${exact(market.volOfVol)} and correlation ${exact(market.correlation)}`;
    case 'hawkes-jumps':
      return `diffusion with jumps that excite jumps (Hawkes)${start}, ${yearly(market)}, and ${exact(market.baseIntensity)} jumps a year that no other caused, each causing ${exact(Number((market.excitation / market.decay).toPrecision(3)))} more on average; ${sizesInWords(market)}`;
  }
}

/** `drift 20 % and volatility 70 % a year` */
function yearly({ drift, volatility }: { readonly drift: InTime; readonly volatility: InTime }): string {
  return `drift ${inTime(drift, exactPercent)} and volatility ${inTime(volatility, exactPercent)} a year`;
}

interface Jumps {
  readonly jumpMean: number;
  readonly jumpDeviation: number;
}

function jumpsInWords({ jumpIntensity, ...sizes }: Jumps & { readonly jumpIntensity: number }): string {
  return `${exact(jumpIntensity)} jumps a year; ${sizesInWords(sizes)}`;
}

function sizesInWords({ jumpMean, jumpDeviation }: Jumps): string {
  return `log jumps have mean ${exact(jumpMean)} and deviation ${exact(jumpDeviation)}`;
}

interface Variance {
  readonly drift: number;
  readonly initialVariance?: number | undefined;
  readonly longRunVariance: number;
  readonly meanReversionSpeed: number;
  readonly volOfVol: number;
  readonly correlation: number;
}

function varianceInWords(market: Variance): string {
  const { drift, initialVariance, longRunVariance, meanReversionSpeed, volOfVol, correlation } = market;
  const from = initialVariance === undefined ? '' : ` from ${percent(Math.sqrt(initialVariance))}`;
  const volatility = `volatility${from} around ${percent(Math.sqrt(longRunVariance))} a year`;
  return `drift ${exactPercent(drift)} and ${volatility}, mean reversion speed ${exact(meanReversionSpeed)}, volatility of variance ${exact(volOfVol)} and correlation ${exact(correlation)}`;
}

function shocksInWords(degreesOfFreedom: number | undefined): string {
  return degreesOfFreedom === undefined
    ? 'normal shocks'
    : `Student-t shocks of ${exact(degreesOfFreedom)} degrees of freedom`;
}

function regimesInWords(
  { price, regimes, initialRegime, transitions }: MarketOf<'regime-switching'>,
  daysPerYear: number,
): string {
  const names = Object.entries(regimes).map(([name, regime]) => `${name} (${dynamicsInWords(regime, '')})`);
  const stays = Object.keys(regimes).map((name) => {
    const rate = Object.values(transitions[name] ?? {}).reduce((sum, one) => sum + one, 0);
    return rate > 0 ? `${name} ${stayInWords(daysPerYear / rate)}` : `${name} for ever`;
  });
  const first = initialRegime === undefined ? '' : `, at first ${initialRegime}`;
  return `regimes that take turns from ${exact(price)}${first}: ${names.join('; ')}. They last on average: ${stays.join(', ')}`;
}

function stayInWords(days: number): string {
  const [value, unit] = days >= 2 ? [days, 'days'] : [24 * days, 'hours'];
  return `${exact(Number(value.toPrecision(3)))} ${unit}`;
}

function bootstrapInWords({ file, blocks, blockLength, joint, price }: MarketOf<'bootstrap'>): string {
  const kind = blocks === 'stationary' ? 'stationary block' : `${blocks} block`;
  const length = `${blocks === 'stationary' ? 'mean block' : 'blocks of'} ${exact(blockLength)} candles`;
  const parts = [length, ...(joint ? ['in step with the other joint markets'] : [])];
  const start = price === undefined ? '' : ` from ${exact(price)}`;
  if (blocks === 'permuted')
    return `the candles of ${basename(file)} in random order${start}, each once, ${parts.join(', ')}`;
  return `${kind} bootstrap of the candles of ${basename(file)}${start}, ${parts.join(', ')}`;
}

/** `; candles with volume` */
function candlesInWords({ candles }: { readonly candles?: CandlesConfig | undefined }): string {
  if (candles === undefined) return '';
  return candles !== true && candles.volume !== undefined ? '; candles with volume' : '; candles';
}

/** A number, or one that changes: its first and its last value. */
function inTime(value: InTime, format: (value: number) => string): string {
  if (typeof value === 'number') return format(value);
  return value.length === 1
    ? format(value[0]!.value)
    : `${format(value[0]!.value)} … ${format(value.at(-1)!.value)} (in ${value.length} stages)`;
}

export function parametersInWords(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${valueInWords(value)}`)
    .join(', ');
}

function valueInWords(value: unknown): string {
  if (typeof value === 'number') return exact(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function strategyName({ strategy }: Config): string {
  return strategy.use.includes('/') || strategy.use.includes('\\') ? basename(strategy.use) : strategy.use;
}

const FEWEST_FOR_TAIL = 20;

/** The result in one or two sentences that need no statistics. */
export function resultInWords({ n, summary, returns, estimates }: ReportData): string {
  const { requested, failed, ruined } = summary.episodes;
  const metric = summary.metrics.totalReturn;
  const q50 = metric?.q50 ?? null;
  if (returns === undefined || metric === undefined || q50 === null) {
    return `${failed === 1 ? 'The one episode' : `All ${count(failed)} episodes`} failed, so there is no result.`;
  }
  const without =
    failed > 0 ? ` ${count(failed)} of ${plural(requested, 'episode')} failed and are not in these figures.` : '';
  if (n === 1)
    return `The one episode with figures returned ${percent(q50)}; one episode says nothing of chances.${without}`;
  if (returns.bins.length === 0) return `All ${count(n)} episodes returned ${percent(q50)}.${without}`;
  const parts = [`the median return of ${count(n)} episodes is ${percent(q50)}`];
  if (n >= FEWEST_FOR_TAIL) parts.push(`one in twenty ${tail(metric.q05 ?? 0)}`);
  parts.push(`${percent(estimates.get('probabilityOfLoss')?.value)} of them ended with a loss`);
  parts.push(ruined === 0 ? 'none was ruined' : `${count(ruined)} ${ruined === 1 ? 'was' : 'were'} ruined`);
  const text = `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}.`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${without}`;
}

function tail(q05: number): string {
  return q05 < 0 ? `lost ${percent(-q05)} or more` : `gained ${percent(q05)} or less`;
}
