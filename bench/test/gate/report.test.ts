import { describe, expect, test } from 'vitest';
import { type GateResult, measure } from '../../src/gate/measure.ts';
import { annotationsOf, documentOf, renderGate } from '../../src/gate/report.ts';

const names = { base: 'aaaa111', head: 'bbbb222' };

function resultWith(reference: number): Promise<GateResult> {
  return measure(async (workload, pair) => ({
    logRatio: Math.log(workload === 'reference' ? reference : 1) + 0.001 * Math.sin(2.4 * pair),
    isSameWork: workload !== 'rewards',
  }));
}

describe('an engine that is slower', () => {
  test('has a table with ratio, interval and verdict, within 100 columns', async () => {
    const lines = renderGate(await resultWith(1.1), names).split('\n');
    expect(lines[0]).toBe('engine bbbb222 against aaaa111');
    expect(lines[1]).toMatch(/^workload +now ÷ base +90 % interval +pairs +verdict$/);
    expect(lines[2]).toMatch(/^reference +1\.100 +1\.09\d to 1\.10\d +6 +slower$/);
    expect(lines.at(-1)).toMatch(/^the engine is slower by more than 5 % \(\d+ s\)$/);
    expect(lines).toContain('rewards: the builds trade differently; the ratio compares different work');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('is an error beside the pull request, on one line', async () => {
    const [line, ...rest] = annotationsOf(await resultWith(1.1), names).filter((one) => one.startsWith('::error'));
    expect(rest).toEqual([]);
    expect(line).toMatch(
      /^::error title=Engine speed: slower::reference \(.*\) takes 1\.100 times the time of aaaa111, between 1\.\d+ and 1\.\d+$/,
    );
  });
});

test('an engine that is as fast is a notice', async () => {
  const lines = annotationsOf(await resultWith(1.01), names);
  expect(lines).toEqual(['::notice title=Engine speed::the engine is not slower by 5 %: bbbb222 against aaaa111']);
});

test('the document has every pair, and null for what is not known', async () => {
  const document = JSON.parse(JSON.stringify(documentOf(await resultWith(1.1), names)));
  expect(document).toMatchObject({ schema: 1, base: 'aaaa111', head: 'bbbb222', tolerance: 0.05, verdict: 'slower' });
  const [reference, candles] = document.workloads;
  expect(reference).toMatchObject({ name: 'reference', verdict: 'slower', isSameWork: true });
  expect(reference.pairs).toHaveLength(6);
  expect(reference.interval90[0]).toBeGreaterThan(1.05);
  // The measurement ended before its sixth pair.
  expect(candles).toMatchObject({ verdict: 'undecided' });
  expect(candles.pairs).toHaveLength(5);
  const none = JSON.parse(
    JSON.stringify(documentOf(await measure(async () => ({ logRatio: 0.2, isSameWork: true })), names)),
  );
  expect(none.workloads[2].pairs).toHaveLength(5);
});
