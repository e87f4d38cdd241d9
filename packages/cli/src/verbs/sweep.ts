import { Option } from 'commander';
import { type AddVerb, allowFailedOption, collect, type Done, wholeNumber, workersOption } from './options.ts';

const REMARKS = `Values of --param: 5..20 whole numbers, 20..100:10 in steps, 0.1,0.2,0.5 a list; for --search random also
0.001..0.1 any number between, and '1e-4..1e-2 log' with a uniform logarithm. Without CONFIG: as ergodic run.
Every candidate runs on the same paths. The table tells which are better than the benchmark although they were
chosen among many; then the best one runs on paths that none has seen. docs/sweep.md says how.
Exit codes: 0 done, whatever the verdict; 1 an episode failed, or the best trial did not come out the same twice;
2 config or arguments are wrong; 130, 143 interrupted: go on with --resume DIR.
`;

export function addSweep(verb: AddVerb, done: Done): void {
  verb(
    'sweep [config]',
    'Try many values of parameters on the same paths, and say which are better than luck.',
    [
      'ergodic sweep ergodic.yaml --param strategy.fast=5..20 --param strategy.slow=20..100:10',
      "ergodic sweep --param 'execution.fees.taker=0.0001..0.01 log' --search random --trials 100",
      'ergodic sweep --resume runs/first-sweep',
    ],
    REMARKS,
  )
    .option('--param <path=values>', 'a parameter and its values; may be repeated', collect)
    .addOption(
      new Option(
        '--search <name>',
        'all combinations, or random ones (default: random with --trials, else grid)',
      ).choices(['grid', 'random']),
    )
    .option('--trials <n>', 'candidates of a random search (default: 100)', wholeNumber(1, 100_000))
    .option('--metric <column>', 'column of the episodes whose mean decides (default: totalReturn)')
    .option('--minimize', 'less of the metric is better (default: so for costs and drawdowns)')
    .addOption(
      new Option(
        '--benchmark <name>',
        'what candidates are held against: the config as it stands, or zero, doing nothing (default: config)',
      ).choices(['config', 'zero']),
    )
    .addOption(new Option('--episodes <n>', 'episodes of each candidate, instead of the number in the config'))
    .option('--seed <seed>', 'seed, instead of the one in the config')
    .addOption(workersOption())
    .option('--set <path=value>', 'change one value of the config, for all candidates; may be repeated', collect)
    .option('--out <dir>', 'directory of the sweep (default: runs/ID)')
    .option('--resume <dir>', 'go on with an interrupted sweep; of a completed one, print the result again')
    .option('--report', 'write the page sweep.html into the directory of the sweep')
    .option('--json', 'print the result as one JSON document')
    .addOption(allowFailedOption())
    .action(async (config, options) => done(await (await import('../commands/sweep.ts')).sweep(config, options)));
}
