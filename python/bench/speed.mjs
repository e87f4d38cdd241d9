// The counterpart of speed.py: steps a VectorEnvironment in this process. Each line of standard input asks for a round.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseEnvironmentConfig, VectorEnvironment } from '@ergodic/core';
import { tuneEngine } from '@ergodic/workers';
import { parse } from 'yaml';

tuneEngine();
const count = Number(process.argv[2]);
const file = fileURLToPath(new URL('environment.yaml', import.meta.url));
const vector = new VectorEnvironment(parseEnvironmentConfig(parse(readFileSync(file, 'utf8'))), { count });
// The draws of the agent are made before, as in speed.py.
const sets = Array.from({ length: 64 }, () => Int32Array.from({ length: count }, () => Math.floor(Math.random() * 3)));
vector.reset({ seed: 1 });
for await (const line of createInterface({ input: process.stdin })) {
  const rounds = Number(line);
  const startedAt = performance.now();
  for (let k = 0; k < rounds; k++) vector.step(sets[k % sets.length]);
  console.log((performance.now() - startedAt) / 1_000);
}
