// How often the 95 % interval of an estimate (± 1.96 standard errors) holds the true value, over simulated samples.
//
//     npm run build && node packages/calibration/test/soak/coverage.mjs [trials] [name…]
//
// Prints a line for each parameter and exits with 1 where an interval holds the truth in fewer than 90 % of the samples. Of a
// hundred, 95 are expected; fewer than 90 come about once in 90 parameters by chance, at other seeds than these.
import { createHandler, RandomStream, rootKey, substreamKey } from '@ergodic/core';
import { calibrators } from '../../dist/index.js';
import { cases } from './cases.mjs';

const trials = Number(process.argv[2] ?? 100);
const wanted = process.argv.slice(3);
let isWrong = false;

for (const { name, market, steps, stepsPerYear, truth = () => market, withoutError = [] } of cases) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const calibrator = calibrators.find((one) => one.name === name);
  const grid = { startMs: 0, intervalMs: (365 * 86_400_000) / stepsPerYear, steps, stepsPerYear };
  const handler = createHandler(market, grid);
  const column = () => new Float64Array(steps + 1);
  const columns = {
    timeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  const counts = new Map();
  let failures = 0;
  const started = performance.now();
  for (let trial = 0; trial < trials; trial++) {
    handler.begin(new RandomStream(substreamKey(rootKey('coverage'), trial, `market/${name}`)));
    handler.fill(columns, steps + 1);
    const prices = columns.close.slice();
    let estimate;
    try {
      estimate = calibrator.fit({ prices, yearsPerStep: 1 / stepsPerYear });
    } catch (error) {
      failures++;
      console.log(`${name}, sample ${trial}: ${error.message}`);
      continue;
    }
    const expected = truth(prices);
    for (const { name: parameter, value, standardError } of estimate.parameters) {
      if (withoutError.includes(parameter)) continue;
      const entry = counts.get(parameter) ?? { held: 0, given: 0, mean: 0, squares: 0, errors: 0 };
      counts.set(parameter, entry);
      if (standardError === null) continue;
      entry.given++;
      const miss = value - expected[parameter];
      if (Math.abs(miss) <= 1.96 * standardError) entry.held++;
      entry.mean += miss;
      entry.squares += miss * miss;
      entry.errors += standardError;
    }
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${trials} samples of ${steps} steps, ${failures} without a fit, ${seconds} s`);
  if (failures > trials / 50) isWrong = true;
  for (const [parameter, { held, given, mean, squares, errors }] of counts) {
    const share = held / given;
    if (!(share >= 0.9) || given < 0.9 * trials) isWrong = true;
    const bias = (mean / given).toPrecision(2);
    const spread = Math.sqrt(squares / given).toPrecision(3);
    console.log(
      `  ${parameter.padEnd(20)} ${held} of ${given}  bias ${bias}, deviation ${spread}, mean error ${(errors / given).toPrecision(3)}`,
    );
  }
}
process.exit(isWrong ? 1 : 0);
