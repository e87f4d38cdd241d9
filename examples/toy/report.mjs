import { RunningMoments } from '@ergodic/core';

/** Rewards of episodes → their mean, with its 95 % confidence interval. */
export function estimateOf(rewards) {
  const moments = new RunningMoments();
  for (const reward of rewards) moments.add(reward);
  const { n, mean, ci95 } = moments;
  return { episodes: n, mean, ci95: ci95.map((bound) => (Number.isNaN(bound) ? null : bound)) };
}

/** The results as a person reads them. */
export function describe({ agent, random, training, evaluation, actions, digest, influx }, { out }) {
  const { learned, difference } = evaluation;
  const rows = [
    ['', 'agent', 'episodes', 'mean reward', '95 % interval'],
    row('before', 'random', random),
    row('training, first iteration', agent, training.at(0)),
    row('training, last iteration', agent, training.at(-1)),
    row('new episodes', 'random', evaluation.random),
    row('the same episodes', agent, learned),
    row('', 'difference', difference),
  ];
  return [
    table(rows),
    '',
    verdict(agent, difference),
    '',
    `${actions.toLocaleString('en')} actions are in ${out}/actions.duckdb, results in ${out}/results.json`,
    `  node examples/toy/query.mjs ${out} "SELECT stage, agent, action, count(*), avg(reward) FROM actions GROUP BY ALL"`,
    ...(influx === undefined ? [] : [influxLine(influx, actions)]),
    `digest ${digest} (the same for any number of workers)`,
  ].join('\n');
}

/** The interval is of the differences, episode by episode: what a market did to both agents is not in it. */
function verdict(agent, { mean, ci95: [low, high] }) {
  if (low > 0) return `${agent} beats the random agent: this market can be predicted, and it has learned how.`;
  if (high < 0) return `${agent} does worse than the random agent (${number(mean)} an episode).`;
  return `No difference between ${agent} and the random agent can be seen: the interval holds 0.`;
}

function influxLine({ stored, failure }, actions) {
  const all = `InfluxDB has ${stored.toLocaleString('en')} of them, measurement actions`;
  return stored === actions ? all : `${all}; the others were not taken: ${failure}`;
}

function row(what, agent, { episodes, mean, ci95 }) {
  const interval = ci95.includes(null) ? '' : `${number(ci95[0])} to ${number(ci95[1])}`;
  return [what, agent, String(episodes), number(mean), interval];
}

function number(value) {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(4)}`;
}

function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((cells) => cells[i].length)));
  const line = (cells) =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return rows.map((cells) => line(cells).trimEnd()).join('\n');
}
