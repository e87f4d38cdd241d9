import { Option } from 'commander';
import { type AddVerb, collect, type Done, workersOption } from './options.ts';

const REMARKS = `The strategy runs on driftless Brownian motion and on the returns of its own markets without mean and order,
without costs: there the mean result of a strategy that cannot see ahead is zero. A replayed history is also
held against its candles in random order. Without CONFIG: as ergodic run. docs/nulltest.md says what it finds.
Exit codes: 0 no sign of it, or it cannot tell; 1 the strategy seems to see the future, or keeps state between
episodes; 2 config or arguments are wrong; 130, 143 interrupted.
`;

export function addNullTest(verb: AddVerb, done: Done): void {
  verb(
    'nulltest [config]',
    'Say whether a strategy seems to see the future: run it where nobody can earn anything.',
    ['ergodic nulltest ergodic.yaml', 'ergodic nulltest --episodes 5000 --set execution.fill=next --json'],
    REMARKS,
  )
    .addOption(new Option('--episodes <n>', 'episodes on each market (default: 2000, fewer where they are long)'))
    .option('--seed <seed>', 'seed, instead of the one in the config')
    .addOption(workersOption())
    .option('--set <path=value>', 'change one value of the config; may be repeated', collect)
    .option('--out <dir>', 'directory of the test and its runs (default: runs/ID-nulltest)')
    .option('--json', 'print the result as one JSON document')
    .action(async (config, options) => done(await (await import('../commands/nulltest.ts')).nulltest(config, options)));
}
