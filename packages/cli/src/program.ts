import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError, Option } from 'commander';
import { describeFailure, exitCodeOf } from './failure.ts';
import { colorsFor, notice, print, reserveOutput } from './output.ts';
import { addCheck } from './verbs/check.ts';
import { addCompare } from './verbs/compare.ts';
import { addNullTest } from './verbs/nulltest.ts';
import {
  type AddVerb,
  allowFailedOption,
  collect,
  type Done,
  EXIT_CODES,
  wholeNumber,
  workersOption,
} from './verbs/options.ts';
import { addSql } from './verbs/sql.ts';
import { addSweep } from './verbs/sweep.ts';

/** Runs the command line and gives the exit code. Each verb loads its own file when it is called. */
export async function main(args: readonly string[]): Promise<number> {
  reserveOutput();
  let code = 0;
  const program = createProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what it had to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const label = colorsFor(process.stderr).red('error:');
    notice(`${label} ${describeFailure(error, args.includes('--debug'))}`);
    return exitCodeOf(error);
  }
}

function createProgram(done: Done): Command {
  const program = new Command('ergodic')
    .description('Runs a trading strategy through thousands of simulated markets.')
    .version(version(), '--version', 'print the version')
    .option('--debug', 'show the stack traces of errors')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .configureOutput({
      writeOut: print,
      writeErr: (text) => process.stderr.write(text),
      getOutHasColors: () => colorsFor(process.stdout).isColorSupported,
      getErrHasColors: () => colorsFor(process.stderr).isColorSupported,
    })
    .exitOverride()
    .addHelpText('after', '\nStart with: ergodic init first && ergodic run first/ergodic.yaml --episodes 100');

  /** A verb with a line of description and examples that work. */
  const verb: AddVerb = (usage, description, examples, remarks = '') => {
    const title = examples.length === 1 ? 'Example' : 'Examples';
    const lines = examples.map((example) => `  ${example}`).join('\n');
    return program
      .command(usage)
      .description(description)
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', `${remarks === '' ? '' : `\n${remarks}`}\n${title}:\n${lines}`)
      .showHelpAfterError(`see: ergodic ${usage.split(' ')[0]} --help`);
  };
  program.showHelpAfterError('see: ergodic --help');

  verb(
    'run [config]',
    'Run an ensemble: every episode on a market path of its own.',
    [
      'ergodic run ergodic.yaml --episodes 200 --set markets.BTC/USDT.volatility=0.9',
      "ergodic run --episodes 100000 --until 'mean(totalReturn) +- 1 %'",
    ],
    `Without CONFIG: ergodic.yaml, .yml, .json or .ts in this folder.\n${EXIT_CODES}`,
  )
    .addOption(new Option('--episodes <n>', 'episodes to run, instead of the number in the config'))
    .option('--seed <seed>', 'seed, instead of the one in the config')
    .addOption(workersOption())
    .option('--set <path=value>', 'change one value of the config; may be repeated', collect)
    .option(
      '--until <rule>',
      'end when a figure is known as closely as FIGURE +- WIDTH, at the latest after --episodes',
    )
    .option('--out <dir>', 'directory of the run (default: runs/ID)')
    .option('--json', 'print the summary as one JSON document')
    .option('--report', 'write the report page after the run')
    .addOption(allowFailedOption())
    .action(async (config, options) => done(await (await import('./commands/run.ts')).run(config, options)));

  verb(
    'train [config]',
    'Train an agent, iteration by iteration, and hold it against a random one.',
    ['ergodic train ergodic.yaml --iterations 20', 'ergodic train ergodic.yaml --set training.agent.use=actor-critic'],
    TRAIN_REMARKS,
  )
    .addOption(new Option('--iterations <n>', 'updates of the weights, instead of the number in the config'))
    .option('--seed <seed>', 'seed, instead of the one in the config')
    .addOption(workersOption())
    .option('--set <path=value>', 'change one value of the config; may be repeated', collect)
    .option('--out <dir>', 'directory of the run (default: runs/ID)')
    .option('--json', 'print the summary as one JSON document')
    .addOption(allowFailedOption())
    .action(async (config, options) => done(await (await import('./commands/train.ts')).train(config, options)));

  verb(
    'resume <run>',
    'Go on with an interrupted run; of a completed one, print the summary again.',
    ['ergodic resume runs/first'],
    `RUN is a directory, or an id under runs/. The results are those of an unbroken run.\n${EXIT_CODES}`,
  )
    .addOption(workersOption())
    .option('--json', 'print the summary as one JSON document')
    .addOption(allowFailedOption())
    .action(async (run, options) => done(await (await import('./commands/resume.ts')).resume(run, options)));

  verb(
    'replay <run>',
    'Run one episode again, print its events, and hold it against its record.',
    ['ergodic replay runs/first --episode 7', 'ergodic replay runs/first --episode 7 --ndjson'],
    'The last lines, with --ndjson on standard error, show the record.\nExit code 1: it differs from the stored one.\n',
  )
    .requiredOption('--episode <n>', 'number of the episode, from 0', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--ndjson', 'one JSON object a line: type, timeMs, step and the fields of the event')
    .action(async (run, options) =>
      done(await (await import('./commands/replay.ts')).replay(run, { ...options, ...program.opts() })),
    );

  verb(
    'flush <run>',
    'Deliver the points that wait in the spool of a run.',
    ['ergodic flush runs/first', 'ergodic flush runs/first --refused'],
    'Exit code 1: some still wait, or were refused. Settings come from the config of the run.\n',
  )
    .option('--refused', 'send again what the server refused')
    .option('--json', 'print the account as one JSON document')
    .action(async (run, options) => done(await (await import('./commands/flush.ts')).flush(run, options)));

  verb(
    'report <run> [others...]',
    'Write the report page of a run, or one that holds others against it, and print its path.',
    [
      'ergodic report runs/first',
      'ergodic report runs/first --png --markdown',
      'ergodic report runs/first runs/second',
    ],
    REPORT_REMARKS,
  )
    .option('--csv', 'also the rows behind each figure: figures/NAME.csv')
    .option('--png', 'also each figure as a picture: figures/NAME.png')
    .option('--markdown', 'also the report in short, for a pull request: report.md')
    .option('--json', 'print the paths and the headline estimates as one JSON document')
    .action(async (run, others, options) =>
      done(await (await import('./commands/report.ts')).report(run, others, options)),
    );

  verb(
    'paths [config]',
    'Draw the paths of the markets, without trading.',
    ['ergodic paths ergodic.yaml --n 50', 'ergodic paths ergodic.yaml --steps 500 --out paths.csv'],
    PATHS_REMARKS,
  )
    .option('--n <n>', 'number of paths: those of episodes 0 to n - 1', wholeNumber(1, 1_000_000), 50)
    .option('--out <file>', 'page (.html) or rows (.csv, .parquet, .ndjson); one that exists is not overwritten')
    .option('--steps <n>', 'steps of each path, instead of the number in the config')
    .option('--seed <seed>', 'seed, instead of the one in the config')
    .option('--set <path=value>', 'change one value of the config; may be repeated', collect)
    .option('--json', 'print the figures as one JSON document; a page is written only with --out')
    .action(async (config, options) => done(await (await import('./commands/paths.ts')).paths(config, options)));

  verb(
    'stylized <file>',
    'Hold the returns of real candles against those of simulated paths, fact by fact.',
    [
      'ergodic stylized btc-usd-1d.csv --against ergodic.yaml',
      'ergodic stylized btc-usd-1d.csv --against ergodic.yaml --symbol BTC/USD --json',
    ],
    STYLIZED_REMARKS,
  )
    .requiredOption('--against <config>', 'config whose market is compared; it needs no strategy')
    .option('--symbol <name>', 'market of the config, where it has several')
    .option('--n <n>', 'number of simulated paths', wholeNumber(2, 100_000), 200)
    .option('--out <file>', 'page to write (.html); one that exists is not overwritten')
    .option('--seed <seed>', 'seed, instead of the one in the config')
    .option('--set <path=value>', 'change one value of the config; may be repeated', collect)
    .option('--json', 'print the figures as one JSON document; a page is written only with --out')
    .action(async (file, options) => done(await (await import('./commands/stylized.ts')).stylized(file, options)));

  verb(
    'serve [config]',
    'Serve environments to the program that started this one; the Python package does.',
    ['ergodic serve ergodic.yaml --fd 3'],
    SERVE_REMARKS,
  )
    .addOption(
      new Option('--fd <n>', 'file descriptor of the socket').argParser(wholeNumber(3, 65_535)).makeOptionMandatory(),
    )
    .option('--set <path=value>', 'change one value of the config; may be repeated', collect)
    .action(async (config, options) =>
      done(await (await import('./commands/serve.ts')).serve(config, { ...options, ...program.opts() })),
    );

  verb(
    'connect <url> [config]',
    'Play episodes for an RLlib server, which learns from them.',
    ['ergodic connect rllib://127.0.0.1:9900 ergodic.yaml --train-batch-size 4000 --iterations 100'],
    CONNECT_REMARKS,
  )
    .addOption(workersOption())
    .option('--environments <n>', 'environments, on all threads together', wholeNumber(1, 65_536), 16)
    .option(
      '--train-batch-size <n>',
      'steps of an iteration: that of the server',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
      4_000,
    )
    .option('--iterations <n>', 'end after so many (default: go on)', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option(
      '--first-episode <n>',
      'number of the first episode (default: the first that is not stored)',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .addOption(
      new Option('--activation <name>', "of the module's encoder (fcnet_activation)")
        .choices(['tanh', 'relu', 'silu'])
        .default('tanh'),
    )
    .option('--give-up <seconds>', 'end after so long without a connection (default: keep trying)', wholeNumber(1, 1e9))
    .option('--seed <seed>', 'seed, instead of the one in the config')
    .option('--set <path=value>', 'change one value of the config; may be repeated', collect)
    .option('--out <dir>', 'directory of the run, also one to go on with (default: runs/ID)')
    .option('--json', 'print what was done as one JSON document')
    .action(async (url, config, options) =>
      done(await (await import('./commands/connect.ts')).connect(url, config, options)),
    );

  verb('list', 'List the runs under ./runs, newest first.', ['ergodic list', 'ergodic list --json'])
    .option('--json', 'print them as one JSON document')
    .action(async (options) => done(await (await import('./commands/list.ts')).list(options)));

  verb(
    'export <run>',
    'Write a table of a run, in the order of its episodes.',
    [
      'ergodic export runs/first --table episodes --format csv --out episodes.csv',
      'ergodic export runs/first --table fills --format ndjson',
    ],
    'Without --out it goes to standard output; parquet needs --out.\n',
  )
    .addOption(
      new Option('--table <name>', 'table to write')
        .choices(['episodes', 'rewards', 'fills', 'equity'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--format <name>', 'format to write').choices(['csv', 'parquet', 'ndjson']).makeOptionMandatory(),
    )
    .option('--out <file>', 'file to write; one that exists is not overwritten')
    .action(async (run, options) => done(await (await import('./commands/export.ts')).exportTable(run, options)));

  verb(
    'influx',
    'Check whether points can be written to InfluxDB.',
    ['ergodic influx check', 'ergodic influx check ergodic.yaml --json'],
    INFLUX_REMARKS,
  )
    .usage('check [config] [options]')
    .addArgument(new Argument('<action>', 'what to do').choices(['check']))
    .argument('[config]', 'its outputs.influx is checked (default: that of the config in this folder)')
    .option('--url <url>', 'address of the server, instead of the one in the config')
    .option('--org <name>', 'organization')
    .option('--bucket <name>', 'bucket')
    .option('--token-file <file>', 'file that holds the token')
    .option('--json', 'print what was found as one JSON document')
    .action(async (action, config, options) =>
      done(await (await import('./commands/influx.ts')).influx(action, config, options)),
    );

  verb(
    'calibrate <file>',
    'Fit stochastic processes to a file of candles, rank them, and write a config.',
    [
      'ergodic calibrate btc-usd-1d.csv',
      'ergodic calibrate btc-usd-1d.csv --process gbm --process merton,kou --out btc.yaml',
    ],
    CALIBRATE_REMARKS,
  )
    .option('--process <name>', 'a process to fit; may be repeated, or list several: gbm,merton', collect)
    .option('--symbol <name>', 'name of the market (default: from the name of the file, BTC/USD of btc-usd-1d.csv)')
    .option('--volume', 'also fit how the volume of a candle follows its range')
    .option('--out <file>', 'write the config to this file; one that exists is not overwritten')
    .option('--json', 'print all estimates as one JSON document')
    .action(async (file, options) => done(await (await import('./commands/calibrate.ts')).calibrate(file, options)));

  verb('init [dir]', 'Write a config, a strategy and the schema to start from.', ['ergodic init first']).action(
    async (dir) => done(await (await import('./commands/init.ts')).init(dir)),
  );

  verb('schema', 'Print the JSON Schema of the config.', ['ergodic schema > ergodic.schema.json']).action(async () =>
    done(await (await import('./commands/schema.ts')).schema()),
  );
  addCompare(verb, done);
  addSweep(verb, done);
  addSql(verb, done);
  addCheck(verb, done);
  addNullTest(verb, done);
  return program;
}

const TRAIN_REMARKS = `The config needs no strategy; its sections environment and training have defaults. The trained agent is
policy.json in the directory of the run. A run that was interrupted goes on with ergodic resume.
${EXIT_CODES}`;

const REPORT_REMARKS = `RUN is a directory, or an id under runs/. Files go into it, made anew each time. Of several runs the page holds the
others against the first: they must share their market paths, see ergodic compare.
Exit codes: 0 done; 1 the run is not completed; 2 arguments are wrong, or there is no such run.
`;

const CALIBRATE_REMARKS = `Without --process: all that have a likelihood to rank by; tens of thousands of candles take minutes.
Exit codes: 0 done; 1 a process named by --process could not be fitted;
2 the file or arguments are wrong, or nothing could be fitted.
`;

const PATHS_REMARKS = `The config needs no strategy. Without --out the page is CONFIG-paths.html in this folder, made anew each time.
Columns of rows: path, step, timeMs, symbol, close, and open, high, low, volume where markets have them.
Exit code 1: every path failed.
`;

const CONNECT_REMARKS = `The config needs no strategy; the server's spaces must be those of its environment. docs/rllib.md shows a server.
The server may be stopped and started again at any time: it is waited for.
Exit codes: 0 done; 1 no connection (--give-up), or no RLlink server; 2 config or arguments are wrong,
or the weights do not fit the config; 130, 143 interrupted.
`;

const SERVE_REMARKS = `The config needs no strategy; - takes it from the first request. The frames are described in docs/python.md.
It ends when the other side closes the socket.
`;

const STYLIZED_REMARKS = `Paths are as long as the file; only relative prices matter. Without --out the page is FILE-stylized.html in
this folder, made anew each time. Verdicts do not change the exit code.
`;

const INFLUX_REMARKS = `What neither the config nor an option says: INFLUX_URL, INFLUX_ORG, INFLUX_BUCKET, INFLUX_TOKEN.
There is no option for the token itself: other users of a computer can read command lines.
Exit codes: 0 points can be written; 1 they cannot; 2 config, arguments or environment are wrong.
`;

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
