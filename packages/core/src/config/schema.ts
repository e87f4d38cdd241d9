import { z } from 'zod';
import { DURATION_PATTERN } from './duration.ts';
import { type EnvironmentConfig, environment } from './environment.ts';
import { type MarketConfig, market } from './markets.ts';
import { type OutputsConfig, outputs } from './outputs.ts';
import { type RandomizeConfig, randomize } from './randomize.ts';
import { type TrainingConfig, training } from './training.ts';

const duration = z
  .string()
  .regex(DURATION_PATTERN, { error: 'must be a duration such as 90s, 10m, 1h or 1d' })
  .refine((text) => Number.parseFloat(text) > 0, { error: 'must be longer than zero' });
const positive = z.number().positive();
const fraction = z.number().min(0).max(1);

/** A seed: text of 1 to 128 characters without control characters; an integer stands for its decimal text. */
const seed = z
  .union([z.string(), z.int()])
  .transform(String)
  .pipe(
    z
      .string()
      .min(1, { error: 'must have 1 to 128 characters' })
      .max(128, { error: 'must have 1 to 128 characters' })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule refuses
      .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, { error: 'must not contain control characters' })
      .refine((text) => !/[\ud800-\udfff]/u.test(text), { error: 'must be well-formed Unicode' }),
  );

/** Any text or integer that is a seed → its text. Throws ConfigError. */
export const seedSchema: z.ZodType<string, unknown> = seed as never;

const correlation = z
  .strictObject({
    symbols: z
      .array(z.string().min(1))
      .min(2, { error: 'needs at least two symbols' })
      .refine((symbols) => new Set(symbols).size === symbols.length, { error: 'must not name a symbol twice' }),
    matrix: z
      .array(z.array(z.number().min(-1).max(1)))
      .describe('Correlations of the shocks, one row a symbol; symmetric, with a diagonal of 1.'),
  })
  .optional()
  .describe('Correlates the shocks that move the prices of simulated markets.');

/** A part chosen by name or by file; its own declaration checks the other keys. */
const part = z.looseObject({
  use: z.string().min(1).describe('The name of a built-in, or a file relative to the config: ./my-strategy.ts'),
});

const sizing = z.union([
  z.strictObject({
    targetWeight: z.number().positive().describe('Position value as a fraction of equity, at the decision price.'),
  }),
  z.strictObject({ fixedQuantity: positive.describe('Base units of a LONG or SHORT position.') }),
]);

const portfolio = z
  .strictObject({
    cash: positive.default(10_000).describe('Initial cash, quote currency.'),
    ruin: z.number().min(0).lt(1).default(0.01).describe('An episode ends as ruined at this fraction of the cash.'),
    sizing: sizing.default({ targetWeight: 1 }),
    allowShort: z.boolean().default(false),
    risk: z
      .strictObject({
        maxLeverage: positive.default(1).describe('Gross exposure over equity, checked at ORDER.'),
        maxPosition: positive.optional().describe('Absolute position of any symbol, base units.'),
      })
      .prefault({}),
  })
  .prefault({});

const feeRate = z.number().gt(-1).lt(1);
const execution = z
  .strictObject({
    fees: z
      .strictObject({
        maker: feeRate.default(0).describe('Fraction of the traded value; negative is a rebate.'),
        taker: feeRate.default(0).describe('Fraction of the traded value.'),
      })
      .prefault({}),
    slippage: z
      .strictObject({ bps: z.number().min(0).lt(10_000).default(0).describe('Basis points of the price.') })
      .prefault({}),
    spread: z
      .strictObject({
        bps: z
          .number()
          .min(0)
          .lt(20_000)
          .default(0)
          .describe('Between bid and ask, basis points of the price: an order that takes liquidity pays half of it.'),
      })
      .prefault({}),
    impact: z
      .strictObject({
        coefficient: z
          .number()
          .min(0)
          .lt(1)
          .default(0)
          .describe("Price fraction that an order of a candle's whole volume costs; grows with the root of its share."),
      })
      .prefault({}),
    latency: z
      .string()
      .regex(DURATION_PATTERN, { error: 'must be a duration such as 0ms, 250ms or 2s' })
      .default('0ms')
      .describe('One way: an order reaches the market, and a report the portfolio, this much later.'),
    participationRate: fraction
      .positive()
      .optional()
      .describe("Largest share of a candle's volume that the orders of one symbol may fill."),
    fill: z
      .enum(['next', 'optimistic'])
      .default('next')
      .describe(
        'next: from the next market event on. optimistic: market orders fill at the price they were decided on.',
      ),
  })
  .refine(({ slippage, spread, impact }) => slippage.bps * 1e-4 + spread.bps * 5e-5 + impact.coefficient < 1, {
    error: 'slippage, half the spread and impact together must stay below the whole price',
  })
  .refine(({ impact, fill }) => impact.coefficient === 0 || fill === 'next', {
    path: ['impact', 'coefficient'],
    error: 'must be 0 with fill: optimistic, which knows no volume',
  })
  .prefault({});

const record = z
  .strictObject({
    episodes: z.int().min(0).default(16).describe('The first so many episodes keep full streams.'),
    every: z.int().min(1).default(1).describe('Keep every n-th step of equity and rewards; fills are all kept.'),
  })
  .prefault({});

const limits = z
  .strictObject({
    eventsPerStep: z.int().min(10).default(100_000).describe('More events at one step end the episode as failed.'),
    stallSeconds: positive.default(30).describe('A worker without progress for so long is replaced.'),
    heapMb: z.int().min(64).default(1024).describe('Heap limit of each worker, MiB.'),
    memoryMb: z.int().min(256).optional().describe('Memory of the whole process, MiB; default: 80 % of the machine.'),
  })
  .prefault({});

export const configSchema: z.ZodType<Config, unknown> = z.strictObject({
  seed: seed.default('ergodic').describe('The run is a function of this text and the rest of the config.'),
  episodes: z.int().min(1).max(1_000_000_000).default(1_000),
  steps: z.int().min(0).max(1_000_000_000).optional().describe('Increments after the initial price.'),
  interval: duration.optional().describe("Time of one step; default: the files' interval, else 1h."),
  start: z.iso
    .datetime({ error: 'must be a UTC time such as 2026-01-01T00:00:00Z' })
    .default('2026-01-01T00:00:00Z')
    .describe('Time of the first event of simulated markets.'),
  calendar: z
    .strictObject({ daysPerYear: positive.default(365).describe('Days of 24 hours that make a year.') })
    .prefault({}),
  heartbeat: duration.optional().describe('A TIMER event every so much simulated time.'),
  markets: z
    .record(z.string().min(1).max(64), market)
    .refine((markets) => Object.keys(markets).length > 0, { error: 'needs at least one market' }),
  correlation,
  antithetic: z
    .boolean()
    .default(false)
    .describe('Episodes come in pairs: the second mirrors the normal shocks of the first, and shares its draws.'),
  randomize,
  strategy: part,
  environment: environment.describe('What agents see and do: strategies with onObservation, and environments.'),
  training: training.describe('How ergodic train trains an agent; ergodic run does not read it.'),
  components: z.array(part).default([]),
  portfolio,
  execution,
  rewards: z.array(part).default([{ use: 'log-return' }]),
  record,
  outputs,
  limits,
}) as never;

export type CorrelationConfig = NonNullable<z.output<typeof correlation>>;
export type PartConfig = z.output<typeof part>;
export type PortfolioConfig = z.output<typeof portfolio>;
export type ExecutionConfig = z.output<typeof execution>;
export type RecordConfig = z.output<typeof record>;
export type LimitsConfig = z.output<typeof limits>;

/** A checked config with every default filled in. Units are in the field's descriptions; see `ergodic schema`. */
export interface Config {
  readonly seed: string;
  readonly episodes: number;
  readonly steps?: number;
  readonly interval?: string;
  readonly start: string;
  readonly calendar: { readonly daysPerYear: number };
  readonly heartbeat?: string;
  readonly markets: Readonly<Record<string, MarketConfig>>;
  readonly correlation?: CorrelationConfig | undefined;
  readonly antithetic: boolean;
  readonly randomize: RandomizeConfig;
  readonly strategy: PartConfig;
  readonly environment?: EnvironmentConfig | undefined;
  readonly training?: TrainingConfig | undefined;
  readonly components: readonly PartConfig[];
  readonly portfolio: PortfolioConfig;
  readonly execution: ExecutionConfig;
  readonly rewards: readonly PartConfig[];
  readonly record: RecordConfig;
  readonly outputs: OutputsConfig;
  readonly limits: LimitsConfig;
}
