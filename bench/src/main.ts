import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Comparison } from './comparison.ts';
import { compareEnvironments } from './environment.ts';
import { compilerVersion } from './limit.ts';
import { describeMachine } from './machine.ts';
import { compareMemory } from './memory.ts';
import { comparePaths } from './paths.ts';
import { reference } from './reference.ts';
import { compareWorkers } from './scaling.ts';
import { second } from './second/second.ts';
import { compareFlood, compareSink, missingInflux } from './sink.ts';
import { compareRecording, compareWithLimit } from './speed.ts';
import { formatTable } from './table.ts';

const PAIRS = 7;
const QUICK_PAIRS = 3;
const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

/** A part of the benchmark: why it cannot run here, or undefined; and how it runs. */
interface Part {
  readonly missing: () => string | undefined;
  readonly run: (pairs: number) => Promise<Comparison[]>;
}

const parts: Readonly<Record<string, Part>> = {
  reference: { missing: missingCompiler, run: async (pairs) => [await compareWithLimit(reference, pairs)] },
  second: { missing: missingCompiler, run: async (pairs) => [await compareWithLimit(second, pairs)] },
  paths: { missing: missingCompiler, run: comparePaths },
  environment: { missing: () => undefined, run: compareEnvironments },
  recording: { missing: () => undefined, run: async (pairs) => [await compareRecording(reference, pairs)] },
  scaling: { missing: () => undefined, run: (pairs) => compareWorkers(Math.min(pairs, 3)) },
  sink: { missing: () => undefined, run: async (pairs) => [await compareSink(pairs)] },
  flood: { missing: missingInflux, run: async (pairs) => [await compareFlood(Math.min(pairs, 3))] },
  memory: { missing: () => undefined, run: async () => [await compareMemory(1)] },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const chosen = values.only?.split(',') ?? Object.keys(parts);
const unknown = chosen.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) {
  process.stderr.write(`--only must name parts among ${Object.keys(parts).join(',')}, got ${unknown}\n`);
  process.exit(2);
}

const load = loadavg()[0]!;
if (load > availableParallelism() / 2) {
  process.stderr.write(
    `the machine is busy (load ${load.toFixed(1)}): ratios will spread, run it again when it is idle\n`,
  );
}

const comparisons: Comparison[] = [];
const skipped: Record<string, string> = {};
for (const name of chosen) {
  const part = parts[name]!;
  const reason = part.missing();
  if (reason !== undefined) {
    skipped[name] = reason;
    process.stderr.write(`skipped ${name}: ${reason}\n`);
    continue;
  }
  process.stderr.write(`measuring ${name} …\n`);
  comparisons.push(...(await part.run(values.quick ? QUICK_PAIRS : PAIRS)));
}

process.stdout.write(`${formatTable(comparisons)}\n`);
const result = { schema: 1, date: new Date().toISOString(), machine: describeMachine(), load, comparisons, skipped };
mkdirSync(RESULTS, { recursive: true });
writeFileSync(`${RESULTS}latest.json`, `${JSON.stringify(result, null, 2)}\n`);
process.stderr.write(`written: ${RESULTS}latest.json\n`);

function missingCompiler(): string | undefined {
  const found = compilerVersion();
  return 'missing' in found ? found.missing : undefined;
}
