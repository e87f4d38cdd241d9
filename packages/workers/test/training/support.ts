import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Summary, startTraining, type TrainingSummary } from '@ergodic/workers';

/** A small training run on prices that return to their mean; each field can be replaced. */
export function trainingConfig(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    seed: 'training',
    steps: 120,
    markets: {
      X: { process: 'exp-ou', price: 100, longRunMean: 100, meanReversionSpeed: 500, volatility: 1 },
    },
    environment: {
      observations: [{ use: 'moving-average', window: 20, normalize: 'running', clip: 5 }, { use: 'position' }],
    },
    training: { agent: { use: 'q-learning' }, iterations: 4, episodes: 12, evaluationEpisodes: 10 },
    record: { episodes: 2 },
    ...changes,
  };
}

export type TrainedSummary = Summary & { readonly training: TrainingSummary };

export async function trained(config: unknown, dir: string, workers: number = 1): Promise<TrainedSummary> {
  const summary = await (await startTraining(config, { dir, workers })).done;
  return summary as TrainedSummary;
}

/** The bytes of the weights that an iteration starts from. */
export function weightsOf(dir: string, iteration: number): Buffer {
  return readFileSync(join(dir, 'training', `${String(iteration).padStart(6, '0')}.f64`));
}

/** What a person reads of a policy, without the name of its run. */
export function policyOf(dir: string): Record<string, unknown> {
  const { trained: _, ...policy } = JSON.parse(readFileSync(join(dir, 'policy.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  return policy;
}

/** An agent file with one weight, which grows by 1 in each episode; `body` runs at each decision. */
export function agentText(body: string = '', top: string = ''): string {
  return `${top}
export default {
  name: 'own',
  parameters: { by: { type: 'number', default: 1 } },
  create({ by }) {
    let weights;
    let isFirst = true;
    return {
      size: 1,
      begin(given) { weights = given; isFirst = true; },
      act(observation, random, action) {
        ${body}
        action[0] = weights[0] > 1 ? 2 : 0;
      },
      learn() { if (isFirst) weights[0] += by; isFirst = false; },
      figures: (iteration) => ({ double: 2 * iteration }),
    };
  },
};
`;
}
