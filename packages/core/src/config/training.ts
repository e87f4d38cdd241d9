import { z } from 'zod';

const MOST_EPISODES = 1_000_000_000;

/** Its own declaration checks the other keys. */
const agent = z.looseObject({
  use: z.string().min(1).describe('q-learning, actor-critic, random, or a file relative to the config: ./my-agent.ts'),
});

/** How an agent is trained; read by `ergodic train` alone. */
export const training = z
  .strictObject({
    agent: agent.prefault({ use: 'q-learning' }).describe('Who learns, with its parameters.'),
    iterations: z.int().min(1).max(1_000_000).default(50).describe('Updates of the weights.'),
    episodes: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(64)
      .describe('Episodes of an iteration: they start from the same weights, and their changes are averaged.'),
    evaluationEpisodes: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(200)
      .describe('Fresh episodes on which the trained agent is held against the random one at the end.'),
  })
  .refine(({ iterations, episodes }) => iterations * episodes <= MOST_EPISODES, {
    error: `iterations × episodes must be at most ${MOST_EPISODES}`,
  })
  .optional();

export type TrainingConfig = NonNullable<z.output<typeof training>>;
