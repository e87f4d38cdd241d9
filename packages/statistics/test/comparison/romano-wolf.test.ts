import { describe, expect, it } from 'vitest';
import { type RomanoWolfOptions, romanoWolf } from '../../src/comparison/romano-wolf.ts';
import { normals, streamOf } from '../draws.ts';
import golden from '../golden/comparison.json' with { type: 'json' };

const differences = golden.contenders.differences.map((row) => Float64Array.from(row));

/** Strategies that hold a market without drift in their own way: correlated, and none better than nothing. */
function noise(strategies: number, episodes: number, trial: number): Float64Array[] {
  const stream = streamOf('noise', trial);
  const market = normals(stream, episodes);
  return Array.from({ length: strategies }, () => {
    const exposure = 2 * stream.nextDouble() - 1;
    return normals(stream, episodes).map((own, i) => exposure * market[i]! + 0.5 * own);
  });
}

describe('agrees with plain resampling in numpy', () => {
  const cases: [string, RomanoWolfOptions, { pValues: number[]; criticalValue: number }][] = [
    ['of what is better', {}, golden.contenders.greater],
    ['of both sides', { alternative: 'two-sided' }, golden.contenders.twoSided],
    ['of antithetic pairs', { antithetic: true }, golden.contenders.antithetic],
  ];
  it.each(cases)('%s', (_, options, expected) => {
    const { contenders, criticalValue } = romanoWolf(differences, { ...options, replications: 10_000 });
    contenders.forEach(({ pValue }, k) => {
      const p = expected.pValues[k]!;
      // Four standard errors of 10,000 and 100,000 resamples, and one resample.
      expect(Math.abs(pValue - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 10_000 + (p * (1 - p)) / 100_000) + 1e-4);
    });
    // √(0.05·0.95/10,000) over the density of the maximum at its 95 % quantile, some 0.1: 0.02; four of them.
    expect(Math.abs(criticalValue - expected.criticalValue)).toBeLessThan(0.08);
  });
});

it("declares those better that arch's StepM finds superior", () => {
  const better = romanoWolf(differences).contenders.flatMap(({ verdict }, k) => (verdict === 'better' ? [k] : []));
  expect(better).toEqual(golden.contenders.stepM);
});

it('declares none of 500 strategies on a martingale better, in 19 of 20 tries', () => {
  let alarms = 0;
  for (let trial = 0; trial < 40; trial++) {
    const { contenders } = romanoWolf(noise(500, 100, trial), { replications: 200, seed: `${trial}` });
    if (contenders.some(({ verdict }) => verdict !== 'undecided')) alarms++;
  }
  // Binomial of 40 at 5 %: 8 or more once in 1,000.
  expect(alarms).toBeLessThan(8);
});

it('finds the one that is better among 500, and no other', () => {
  const contenders = noise(500, 1000, 1);
  // Six standard errors, where the critical value of 500 is some four.
  const planted = contenders[123]!;
  const deviation = Math.sqrt(planted.reduce((sum, x) => sum + x * x, 0) / 1000);
  contenders[123] = planted.map((x) => x + (6 * deviation) / Math.sqrt(1000));
  const result = romanoWolf(contenders, { replications: 400 });
  const better = result.contenders.flatMap(({ verdict }, k) => (verdict === 'better' ? [k] : []));
  expect(better).toEqual([123]);
  expect(result.contenders[123]!.low).toBeGreaterThan(0);
});

it('steps down: having declared the best, it declares more than a single step does', () => {
  // Two groups, the first far better: its members leave the maximum, and a smaller one decides on the rest.
  const stream = streamOf('steps');
  const contenders = Array.from({ length: 60 }, (_, k) => normals(stream, 400).map((x) => x + (k < 55 ? 0.6 : 0.138)));
  const { contenders: judged, criticalValue } = romanoWolf(contenders);
  const single = judged.filter(({ statistic }) => statistic > criticalValue).length;
  expect(judged.filter(({ verdict }) => verdict === 'better').length).toBeGreaterThan(single);
});

it('a contender that differs in few episodes leaves the others their significance', () => {
  const n = 400;
  const good = normals(streamOf('poison'), n).map((x) => x + 0.25);
  const rare = new Float64Array(n);
  rare[17] = -1;
  const alone = romanoWolf([good]).contenders[0]!;
  const beside = romanoWolf([good, rare]);
  expect(alone.verdict).toBe('better');
  expect(beside.contenders[0]!.verdict).toBe('better');
  expect(beside.criticalValue).toBeLessThan(3);
  expect(beside.contenders[1]!.verdict).toBe('undecided');
});

it('bounds hold for all contenders at once, in 19 of 20 tries', () => {
  let missed = 0;
  for (let trial = 0; trial < 100; trial++) {
    const stream = streamOf('bounds', trial);
    const { contenders } = romanoWolf(
      Array.from({ length: 20 }, () => normals(stream, 100)),
      { alternative: 'two-sided', replications: 200, seed: `${trial}` },
    );
    if (contenders.some(({ low, high }) => low > 0 || high < 0)) missed++;
  }
  // Binomial of 100 at 5 %: 14 or more once in 1,000, none once in 150.
  expect(missed).toBeGreaterThan(0);
  expect(missed).toBeLessThan(14);
});

describe('degenerate', () => {
  it('no difference is none', () => {
    const { contenders } = romanoWolf([new Float64Array(50), normals(streamOf('degenerate'), 50)]);
    expect(contenders[0]).toMatchObject({ meanDifference: 0, statistic: Number.NaN, pValue: 1, verdict: 'undecided' });
  });

  it('the same gain in every episode is better, the same loss worse where both sides count', () => {
    const { contenders } = romanoWolf([new Float64Array(30).fill(0.1), new Float64Array(30).fill(-0.1)], {
      alternative: 'two-sided',
    });
    expect(contenders.map(({ verdict }) => verdict)).toEqual(['better', 'worse']);
    expect(romanoWolf([new Float64Array(30).fill(-0.1)]).contenders[0]!.verdict).toBe('undecided');
  });

  it('three episodes declare nothing', () => {
    const { contenders } = romanoWolf([Float64Array.of(1, 1, 1), Float64Array.of(1, 1.01, 1.02)]);
    expect(contenders.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
    expect(contenders[0]!.pValue).toBe(1 / 8);
  });

  it('no contenders are no verdicts', () => {
    expect(romanoWolf([]).contenders).toEqual([]);
  });

  it.each([
    [
      'unequal lengths',
      [
        [1, 2, 3],
        [1, 2],
      ],
      {},
      'got 2 of contender 1 and 3 of the first',
    ],
    ['one episode', [[1]], {}, 'two or more episodes, got 1'],
    ['one antithetic pair', [[1, 2]], { antithetic: true }, 'three or more episodes, got 2'],
    [
      'a missing value',
      [
        [1, 2],
        [1, Number.NaN],
      ],
      {},
      'got NaN in episode 1 of contender 1; leave out',
    ],
  ])('%s are refused', (_, rows, options, message) => {
    expect(() =>
      romanoWolf(
        rows.map((row) => Float64Array.from(row)),
        options,
      ),
    ).toThrow(message);
  });
});

it('gives the same result each time, and another for another seed', () => {
  expect(romanoWolf(differences)).toEqual(romanoWolf(differences));
  expect(romanoWolf(differences, { seed: 'other' })).not.toEqual(romanoWolf(differences));
});
