import { RandomStream } from '@ergodic/core';
import { type ModelIssue, PolicyError } from './errors.ts';
import type { PolicyFit, PolicyModel } from './model.ts';

const RUNS = 2;

/**
 * Tries a model on random observations. Its results must be the same in a second try, and those of a row must not move by a
 * bit when other rows are empty: an episode's outcome would depend on the episodes beside it.
 *
 * @throws PolicyError also where the model does not fit
 */
export async function tryModel(model: PolicyModel, fit: PolicyFit): Promise<void> {
  const whole = await outcome(model, fit, () => true);
  const again = await outcome(model, fit, () => true);
  if (whole.some((bytes, row) => !bytes.equals(again[row]!))) {
    const rule = 'must give the same outputs for the same observations, it does not: is there a random node in it?';
    throw new PolicyError(model.file, [{ rule, hint: 'export it for inference: model.eval()' }]);
  }
  for (const rest of [0, 1]) {
    const half = await outcome(model, fit, (row) => row % 2 === rest);
    const moved = whole.findIndex((bytes, row) => row % 2 === rest && !bytes.equals(half[row]!));
    if (moved >= 0) throw new PolicyError(model.file, [DEPENDENT]);
  }
}

const DEPENDENT: ModelIssue = {
  rule: 'each row of a batch must be computed from its own numbers alone, here it depends on the other rows',
  hint: 'leave out batch statistics and dynamic quantisation; export it with model.eval()',
};

/** What each row comes to after a few runs, where the chosen rows have observations and the others are zero. */
async function outcome(model: PolicyModel, fit: PolicyFit, isUsed: (row: number) => boolean): Promise<Buffer[]> {
  const batch = await model.batch(fit);
  const random = new RandomStream([1, 2, 3, 4]);
  const seen: Buffer[][] = Array.from({ length: model.rows }, () => []);
  for (let run = 0; run < RUNS; run++) {
    for (let i = 0; i < batch.observations.length; i++) {
      const value = random.normal();
      batch.observations[i] = isUsed(Math.floor(i / fit.observationSize)) ? value : 0;
    }
    await batch.run();
    for (let row = 0; row < model.rows; row++) seen[row]!.push(Buffer.from(batch.bytesOf(row)));
  }
  return seen.map((runs) => Buffer.concat(runs));
}
