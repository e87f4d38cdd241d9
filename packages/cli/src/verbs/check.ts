import { Option } from 'commander';
import { type AddVerb, allowFailedOption, collect, type Done, workersOption } from './options.ts';

const REMARKS = `RUN is a directory, or an id under runs/; a CONFIG is run first, that of this folder without any.
An assertion is FIGURE, one of < <= > >=, and a number or the same figure of the baseline: see docs/check.md.
With --baseline alone nothing may be worse than in that run beyond noise.
Exit codes: 0 all assertions hold; 1 one failed, or is undecided, or episodes failed;
2 config or arguments are wrong; 130, 143 interrupted, resumable.
`;

/** `ergodic check`. */
export function addCheck(verb: AddVerb, done: Done): void {
  verb(
    'check [target]',
    'Hold assertions against a run, or against one of a config: a gate for CI.',
    [
      "ergodic check runs/first --assert 'q05(totalReturn) > -0.2' --assert 'probabilityOfRuin < 1 %'",
      "ergodic check ergodic.yaml --baseline runs/main --assert 'mean(totalReturn) >= baseline - 0.01'",
      'ergodic check ergodic.yaml --episodes 2000 --baseline runs/main --junit check.xml',
    ],
    REMARKS,
  )
    .option('--assert <assertion>', 'what must hold, such as "q05(totalReturn) > -0.2"; may be repeated', collect)
    .option('--baseline <run>', 'run to compare with, on the same paths where seed and market are the same')
    .option('--allow-undecided', 'exit with 0 although an assertion is undecided')
    .addOption(allowFailedOption())
    .option('--junit <file>', 'write the outcome as JUnit XML; one that exists is replaced')
    .option('--github', 'print annotations for GitHub Actions (default: where GITHUB_ACTIONS is true)')
    .option('--json', 'print the outcome as one JSON document')
    .addOption(new Option('--episodes <n>', 'of a CONFIG: episodes to run, instead of the number in it'))
    .option('--seed <seed>', 'of a CONFIG: seed, instead of the one in it')
    .option('--set <path=value>', 'of a CONFIG: change one value of it; may be repeated', collect)
    .addOption(workersOption())
    .option('--out <dir>', 'of a CONFIG: directory of the run (default: runs/ID)')
    .action(async (target, options) => done(await (await import('../commands/check.ts')).check(target, options)));
}
