import { z } from 'zod';
import { type Change, checked, checkGarch, checkHawkes, checkVarianceGamma, shapes } from './processes.ts';

const finite = z.number();
const positive = z.number().positive();
const deviation = z.number().min(0);

const instrument = {
  lotSize: positive.optional().describe('Quantities are rounded towards zero to a multiple of this (base units).'),
  tickSize: positive.optional().describe('Prices are rounded to a multiple of this (quote currency).'),
};

const candles = z
  .union([
    z.literal(true),
    z.strictObject({
      substeps: z
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe('Parts of a step that are simulated; default: see the process.'),
      volume: z
        .strictObject({
          level: positive.describe('Volume of a candle as wide as a typical step of the process makes it, base units.'),
          elasticity: z.number().min(0).default(1).describe('Per cent of volume that one per cent of range adds.'),
          noise: deviation.default(0.3).describe('Standard deviation of the log volume at a given range.'),
        })
        .optional()
        .describe('Without it the candles have no volume.'),
    }),
  ])
  .optional()
  .describe('Candles instead of quotes: open, high, low and close of each step.');

const trading = { ...instrument, candles };
const atPositive = { price: positive.describe('Initial price, quote currency.') };
const atAny = { price: finite.describe('Initial price, quote currency.') };

/** What errors and editors should name first. */
function nameOf<P>({ process }: { process: P }): { process: P } {
  return { process };
}

const simulated = {
  gbm: z
    .strictObject({ ...nameOf(shapes.gbm), ...atPositive, ...shapes.gbm, ...trading })
    .describe('Geometric Brownian motion, sampled exactly.'),
  abm: z
    .strictObject({ ...nameOf(shapes.abm), ...atAny, ...shapes.abm, ...trading })
    .describe('Arithmetic Brownian motion, sampled exactly; the price may become negative.'),
  ou: z
    .strictObject({ ...nameOf(shapes.ou), ...atAny, ...shapes.ou, ...trading })
    .describe('Ornstein-Uhlenbeck process, sampled exactly; the price may become negative.'),
  'exp-ou': z
    .strictObject({ ...nameOf(shapes['exp-ou']), ...atPositive, ...shapes['exp-ou'], ...trading })
    .describe('Exponential of an Ornstein-Uhlenbeck process (Schwartz 1997), sampled exactly.'),
  cir: z
    .strictObject({ ...nameOf(shapes.cir), ...atPositive, ...shapes.cir, ...trading })
    .describe('Square-root process (Cox, Ingersoll and Ross 1985), sampled exactly.'),
  cev: z
    .strictObject({ ...nameOf(shapes.cev), ...atPositive, ...shapes.cev, ...trading })
    .describe('Constant elasticity of variance (Cox 1975), sampled exactly; absorbed at 0.'),
  merton: z
    .strictObject({ ...nameOf(shapes.merton), ...atPositive, ...shapes.merton, ...trading })
    .describe('Jump diffusion with normal log jumps (Merton 1976), sampled exactly.'),
  kou: z
    .strictObject({ ...nameOf(shapes.kou), ...atPositive, ...shapes.kou, ...trading })
    .describe('Jump diffusion with double exponential log jumps (Kou 2002), sampled exactly.'),
  'variance-gamma': z
    .strictObject({ ...nameOf(shapes['variance-gamma']), ...atPositive, ...shapes['variance-gamma'], ...trading })
    .superRefine(checked(checkVarianceGamma))
    .describe('Variance gamma process (Madan, Carr and Chang 1998), sampled exactly.'),
  heston: z
    .strictObject({ ...nameOf(shapes.heston), ...atPositive, ...shapes.heston, ...trading })
    .describe('Stochastic variance (Heston 1993), by the quadratic-exponential scheme (Andersen 2008).'),
  bates: z
    .strictObject({ ...nameOf(shapes.bates), ...atPositive, ...shapes.bates, ...trading })
    .describe('Heston with normal log jumps (Bates 1996).'),
  garch: z
    .strictObject({ ...nameOf(shapes.garch), ...atPositive, ...shapes.garch, ...trading })
    .superRefine(checked(checkGarch))
    .describe('GARCH(1,1) log returns (Bollerslev 1986).'),
  'gjr-garch': z
    .strictObject({ ...nameOf(shapes['gjr-garch']), ...atPositive, ...shapes['gjr-garch'], ...trading })
    .superRefine(checked(checkGarch))
    .describe('GARCH with leverage (Glosten, Jagannathan and Runkle 1993).'),
  fbm: z
    .strictObject({ ...nameOf(shapes.fbm), ...atPositive, ...shapes.fbm, ...trading })
    .describe('Exponential of fractional Brownian motion (Mandelbrot and Van Ness 1968), sampled exactly.'),
  'rough-volatility': z
    .strictObject({
      ...nameOf(shapes['rough-volatility']),
      ...atPositive,
      ...shapes['rough-volatility'],
      ...trading,
    })
    .describe('Rough Bergomi model (Bayer, Friz and Gatheral 2016), by the hybrid scheme.'),
  'hawkes-jumps': z
    .strictObject({ ...nameOf(shapes['hawkes-jumps']), ...atPositive, ...shapes['hawkes-jumps'], ...trading })
    .superRefine(checked(checkHawkes))
    .describe('Jump diffusion whose jumps excite further jumps (Hawkes 1971), sampled exactly.'),
};

const dynamics = z.discriminatedUnion('process', [
  // A regime comes and goes: what changes at given times since the start belongs to a market of its own.
  z.strictObject({ ...shapes.gbm, drift: finite.default(0), volatility: deviation }),
  z.strictObject({ ...shapes.abm, drift: finite.default(0), volatility: deviation }),
  z.strictObject(shapes.ou),
  z.strictObject(shapes['exp-ou']),
  z.strictObject(shapes.cir),
  z.strictObject(shapes.cev),
  z.strictObject(shapes.merton),
  z.strictObject(shapes.kou),
  z.strictObject(shapes['variance-gamma']).superRefine(checked(checkVarianceGamma)),
  z.strictObject(shapes.heston),
  z.strictObject(shapes.bates),
  z.strictObject(shapes.garch).superRefine(checked(checkGarch)),
  z.strictObject(shapes['gjr-garch']).superRefine(checked(checkGarch)),
  z.strictObject(shapes['hawkes-jumps']).superRefine(checked(checkHawkes)),
]);

const regimeSwitching = z
  .strictObject({
    process: z.literal('regime-switching'),
    ...atPositive,
    regimes: z
      .record(z.string().min(1), dynamics)
      .refine((regimes) => Object.keys(regimes).length >= 2, { error: 'needs at least two regimes' })
      .describe('A process by name for each regime.'),
    transitions: z
      .record(z.string().min(1), z.record(z.string().min(1), z.number().min(0)))
      .describe(
        'Of each regime, the rates per year at which it becomes another: { calm: { crash: 4 }, crash: { calm: 26 } }.',
      ),
    initialRegime: z.string().optional().describe('Default: drawn from the chain’s stationary distribution.'),
    ...trading,
  })
  .superRefine(checkRegimes)
  .describe('A Markov chain chooses which process moves the price (Hamilton 1989).');

function checkRegimes(
  market: {
    regimes: Record<string, unknown>;
    transitions: Record<string, Record<string, number>>;
    initialRegime?: string | undefined;
  },
  context: z.RefinementCtx,
): void {
  const known = Object.keys(market.regimes);
  const need = (name: string, path: string[]): void => {
    // Without regimes there is nothing to be one of, and that is told already.
    if (known.length === 0 || known.includes(name)) return;
    const message = `must be one of the regimes ${known.join(', ')}`;
    context.addIssue({ code: 'custom', path, message, input: name });
  };
  for (const [from, rates] of Object.entries(market.transitions)) {
    need(from, ['transitions', from]);
    for (const to of Object.keys(rates)) need(to, ['transitions', from, to]);
    if (Object.hasOwn(rates, from)) {
      const message = 'must not have a rate to itself: it stays for what the other rates leave';
      context.addIssue({ code: 'custom', path: ['transitions', from, from], message, input: rates[from] });
    }
  }
  if (market.initialRegime !== undefined) need(market.initialRegime, ['initialRegime']);
}

const file = z.string().min(1).describe('A CSV of candles, relative to the config file.');

const replay = z
  .strictObject({
    process: z.literal('replay'),
    file,
    start: z
      .enum(['first', 'random'])
      .default('first')
      .describe('random: each episode starts at a candle of its own, the same for all such markets; needs steps.'),
    ...instrument,
  })
  .describe('The candles of a file, in order.');

const bootstrap = z
  .strictObject({
    process: z.literal('bootstrap'),
    file,
    blocks: z
      .enum(['stationary', 'circular', 'moving', 'permuted'])
      .default('stationary')
      .describe(
        'stationary: of random length (Politis and Romano 1994); circular: of one length, the end joined to the start (1992); moving: of one length, within the file (Künsch 1989); permuted: the file cut into blocks of one length, each used once before any is used again.',
      ),
    blockLength: z
      .number()
      .min(1)
      .default(24)
      .describe('Length of a block, or its mean where blocks are stationary, candles.'),
    joint: z
      .boolean()
      .default(false)
      .describe('All markets with joint: true take the same candles at the same step, so that they move together.'),
    price: positive.optional().describe("Initial price; default: the file's first close."),
    ...instrument,
  })
  .superRefine(
    checked(
      ({ blocks, blockLength }: { blocks: string; blockLength: number }) =>
        blocks === 'stationary' || Number.isInteger(blockLength)
          ? undefined
          : `must be a whole number where blocks are ${blocks}`,
      ['blockLength'],
    ),
  )
  .describe('Block bootstrap of the candles of a file.');

export const market = z.discriminatedUnion('process', [
  simulated.gbm,
  simulated.abm,
  simulated.ou,
  simulated['exp-ou'],
  simulated.cir,
  simulated.cev,
  simulated.merton,
  simulated.kou,
  simulated['variance-gamma'],
  simulated.heston,
  simulated.bates,
  simulated.garch,
  simulated['gjr-garch'],
  regimeSwitching,
  simulated.fbm,
  simulated['rough-volatility'],
  simulated['hawkes-jumps'],
  replay,
  bootstrap,
]);

export type MarketConfig = z.output<typeof market>;
export type ProcessName = MarketConfig['process'];
export type MarketOf<P extends ProcessName> = Extract<MarketConfig, { process: P }>;
/** A market whose path a stochastic process makes. */
export type SimulatedMarketConfig = Exclude<MarketConfig, { process: 'replay' | 'bootstrap' }>;
/** What a regime is: a process without price or instrument. */
export type Dynamics = z.output<typeof dynamics>;
/** Parameters of a process, without price or instrument. */
export type DynamicsOf<P extends ProcessName> = Omit<MarketOf<P>, 'price' | 'lotSize' | 'tickSize' | 'candles'>;
/** A number, or one that changes at given times since the start. */
export type InTime = number | readonly Change[];
export type CandlesConfig = NonNullable<SimulatedMarketConfig['candles']>;
