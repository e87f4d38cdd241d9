import { expect, test } from 'vitest';
import { type AgentActionSpace, builtinAgents, RandomStream } from '../../src/index.ts';

function drawn(actionSpace: AgentActionSpace, n: number): Float64Array[] {
  const agent = builtinAgents.random!.create({} as never, { observationLabels: ['x'], actionSpace, iterations: 1 });
  expect(agent.size).toBe(0);
  const random = new RandomStream([1, 2, 3, 4]);
  const size = actionSpace.type === 'box' ? actionSpace.low.length : actionSpace.type === 'discrete' ? 1 : 2;
  agent.begin(new Float64Array(0), { iteration: 0, isExploring: true });
  return Array.from({ length: n }, () => {
    const action = new Float64Array(size);
    agent.act(Float32Array.of(0), random, action);
    return action;
  });
}

test('every action of a few is as likely as the others', () => {
  const n = 9_000;
  for (const [actions, count] of [
    [drawn({ type: 'discrete', n: 3 }, n).map(([a]) => a!), 3],
    [drawn({ type: 'multi-discrete', nvec: [2, 5] }, n).map((action) => action[1]!), 5],
  ] as const) {
    for (let a = 0; a < count; a++) {
      const share = actions.filter((one) => one === a).length / n;
      // Four standard errors of a share.
      expect(Math.abs(share - 1 / count)).toBeLessThan(4 * Math.sqrt(((1 / count) * (1 - 1 / count)) / n));
    }
  }
});

test('numbers lie between their bounds, with the mean and deviation of uniform ones', () => {
  const n = 4_000;
  const values = drawn({ type: 'box', shape: [2], low: [-1, 0], high: [1, 3] }, n).map((action) => action[1]!);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(3);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  expect(Math.abs(mean - 1.5)).toBeLessThan((4 * 3) / Math.sqrt(12 * n));
});
