import { parseArgs } from 'node:util';
import { coreOf, describeHead, mergeBase, ROOT, shortName, withBuildOf } from './gate/builds.ts';
import { GateError } from './gate/error.ts';
import { measure } from './gate/measure.ts';
import { pairsOf } from './gate/pair.ts';
import { annotationsOf, documentOf, progressOf, renderGate } from './gate/report.ts';

// npm run bench:gate -- --base REF [--json]: is the engine of this checkout slower than where it left REF? Exit code 1: it is.
const USAGE = 'npm run bench:gate -- --base REF [--json], for example --base origin/main';

try {
  process.exitCode = await gate(process.argv.slice(2));
} catch (error) {
  const isArgument = String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  if (!isArgument && !(error instanceof GateError)) throw error;
  process.stderr.write(`error: ${(error as Error).message}${isArgument ? `; ${USAGE}` : ''}\n`);
  process.exitCode = 2;
}

async function gate(args: readonly string[]): Promise<0 | 1> {
  const options = { base: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.base === undefined) throw new GateError(`--base: names what to compare with; ${USAGE}`);
  const commit = mergeBase(values.base);
  const names = { base: shortName(commit), head: describeHead() };
  note(`building the engine of ${names.base} …`);
  const result = await withBuildOf(commit, (base) =>
    measure(pairsOf({ base, head: coreOf(ROOT) }), (workload) => note(progressOf(workload))),
  );
  const text = values.json ? JSON.stringify(documentOf(result, names), null, 2) : renderGate(result, names);
  process.stdout.write(`${text}\n`);
  // GitHub reads both streams, and standard output of --json is one document.
  if (process.env.GITHUB_ACTIONS === 'true') for (const line of annotationsOf(result, names)) note(line);
  return result.verdict === 'slower' ? 1 : 0;
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
