/**
 * How often strategies that cannot see ahead raise an alarm: node packages/analysis/test/soak/false-alarms.mjs [SEEDS [EPISODES [STEPS]]].
 * Each strategy has two tests a seed at 0.5 %, so an alarm in 1 % of seeds is what is promised.
 */
import { Field, frames, strategies } from '../nulltest/false-alarms.mjs';

const [seeds = 100, episodes = 400, steps = 150] = process.argv.slice(2).map(Number);
const total = { tests: 0, alarms: 0 };
for (const frame of Object.keys(frames)) {
  const field = new Field(frame, { episodes, steps });
  for (const use of strategies) {
    const sums = [0, 0];
    let alarms = 0;
    for (let i = 0; i < seeds; i++) {
      const tests = field.test(use, `${frame} ${use} ${i}`);
      if (tests.some(({ verdict }) => verdict === 'sees the future')) alarms++;
      for (const [k, { t }] of tests.entries()) sums[k] += t;
    }
    total.tests += seeds;
    total.alarms += alarms;
    const [driftless, shuffled] = sums.map((sum) => (sum / seeds).toFixed(2));
    console.log(`${frame} ${use}: ${alarms} of ${seeds}; mean t ${driftless} driftless, ${shuffled} shuffled`);
  }
}
console.log(
  `${total.alarms} of ${total.tests} null tests raised an alarm: ${((100 * total.alarms) / total.tests).toFixed(2)} %`,
);
