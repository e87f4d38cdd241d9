import { type AddVerb, collect, type Done } from './options.ts';

export function addCompare(verb: AddVerb, done: Done): void {
  verb(
    'compare <baseline> <runs...>',
    'Say whether runs are better than a baseline, path by path.',
    [
      'ergodic compare runs/slow-50 runs/slow-60',
      'ergodic compare runs/slow-50 runs/slow-60 runs/slow-70 --metric totalReturn --metric maxDrawdown',
    ],
    REMARKS,
  )
    .option('--metric <column>', 'column of the episodes to compare; may be repeated (default: totalReturn)', collect)
    .option('--unpaired', 'compare runs that do not share their paths, as independent ones')
    .option('--json', 'print all figures as one JSON document')
    .option('--markdown', 'print a table for a pull request')
    .action(async (baseline, runs, options) =>
      done(await (await import('../commands/compare.ts')).compare(baseline, runs, options)),
    );
}

const REMARKS = `Runs with the same seed, markets and steps share their paths: episode by episode the market is the
same, and most of chance cancels. Pairs in which an episode failed are left out and counted. With several
runs or metrics the verdicts are corrected for their number.
Exit codes: 0 done, whatever the verdict; 1 a run is damaged or not completed; 2 arguments are wrong, or the
runs do not share their paths.
`;
