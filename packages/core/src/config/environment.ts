import { z } from 'zod';

const normalize = z
  .union([
    z.literal('running'),
    z.strictObject({
      mean: z.number().describe('Subtracted from the value.'),
      deviation: z.number().positive().describe('What is left is divided by it.'),
    }),
  ])
  .optional()
  .describe('running: by the mean and deviation of what the episode has shown so far; or by figures of your own.');

const feature = z.looseObject({
  use: z.string().min(1).describe('The name of a feature.'),
  normalize,
  clip: z.number().positive().optional().describe('Largest absolute value, after normalising.'),
});

const actions = z
  .discriminatedUnion('use', [
    z.strictObject({ use: z.literal('discrete') }),
    z.strictObject({
      use: z.literal('target-weights'),
      tolerance: z
        .number()
        .min(0)
        .lt(1)
        .default(0)
        .describe('A target that differs by no more from the weight held is left alone.'),
    }),
    z.strictObject({
      use: z.literal('orders'),
      sizes: z.int().min(1).max(100).default(4).describe('Order i of so many sizes trades i ÷ sizes of the equity.'),
      offsets: z.int().min(1).max(100).default(5).describe('Prices of limits and stops to choose from.'),
      offsetBps: z.number().positive().lt(10_000).default(10).describe('Basis points between two of them.'),
    }),
  ])
  .prefault({ use: 'discrete' })
  .describe('What an agent can do.');

/** What an agent sees where the config does not say. */
const DEFAULT_OBSERVATIONS = [
  { use: 'returns', count: 8, normalize: 'running', clip: 5 },
  { use: 'position' },
] as const;

/** What an agent sees and what it can do. */
export const environment = z
  .strictObject({
    actions,
    observations: z
      .array(feature)
      .min(1, { error: 'needs at least one feature' })
      .prefault(() => DEFAULT_OBSERVATIONS.map((part) => ({ ...part })))
      .describe('Features of the observation, in order.'),
    warmup: z.int().min(0).default(0).describe('Decisions that pass before the first that the agent takes.'),
  })
  .optional();

export type EnvironmentConfig = NonNullable<z.output<typeof environment>>;
export type ActionsConfig = EnvironmentConfig['actions'];
export type FeatureConfig = EnvironmentConfig['observations'][number];
