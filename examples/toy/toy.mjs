import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Environment } from '@ergodic/core';
import { resolveInflux } from '@ergodic/workers';
import { createAgents } from './agents.mjs';
import { learn } from './learn.mjs';
import { HELP, readOptions, UsageError } from './options.mjs';
import { createPlayers, playAll } from './players.mjs';
import { Recorder } from './recorder.mjs';
import { describe } from './report.mjs';
import { digestOf } from './store.mjs';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };

/** Progress goes to standard error, results to standard output. */
const say = (line) => process.stderr.write(`${line}\n`);

async function run({ config, workers, out }, signal) {
  const { training, outputs, steps } = config;
  const influx = outputs.influx && resolveInflux(outputs.influx);
  mkdirSync(out, { recursive: true });
  const createdMs = Date.now();
  const recorder = new Recorder({ out, influx, run: `toy-${createdMs}`, createdMs, steps });
  const players = createPlayers(workers, config);
  try {
    await recorder.start();
    const onResult = (episode, result) => recorder.add(episode, result);
    const play = (episodes) => playAll(players, episodes, { onResult, signal });
    const results = await learn({ training, agent: training.agent.use, weights: initialWeights(config) }, play, say);
    await recorder.close();
    return await summarized(results, recorder, out);
  } finally {
    await Promise.all(players.map((player) => player.close()));
    await recorder.close();
    if (signal.aborted) say(`stopped; the ${recorder.stored.store} actions so far are in ${recorder.file}`);
  }
}

/** Zeros: the built-in agents start from them. */
function initialWeights(config) {
  return new Float64Array(createAgents(config, new Environment(config)).learning.size);
}

async function summarized(results, { file, stored, influxFailure }, out) {
  const influx = 'influx' in stored ? { influx: { stored: stored.influx, failure: influxFailure?.message } } : {};
  const summary = { ...results, actions: stored.store, digest: await digestOf(file), ...influx };
  writeFileSync(path.join(out, 'results.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

async function main() {
  const stop = new AbortController();
  for (const [name, code] of Object.entries(EXIT_CODES)) {
    process.once(name, () => {
      say('\nstopping; what was played is being stored (again to exit at once)');
      process.exitCode = code;
      stop.abort();
    });
  }
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === undefined) return console.log(HELP);
    const summary = await run(options, stop.signal);
    console.log(describe(summary, options));
    if (summary.influx?.failure !== undefined) process.exitCode = 1;
  } catch (error) {
    if (stop.signal.aborted) return;
    const isUsage = error instanceof UsageError || error.code === 'OUTPUT_SETTINGS_INVALID';
    say(`error: ${error.message}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

await main();
