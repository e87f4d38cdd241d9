import { ConfigError, formatPath, type Issue } from '../config/errors.ts';
import { type ConfigPath, joinedName, PATH_HINT, parsePath, scanPath, startsWith } from '../config/path.ts';
import type { Distribution } from '../config/randomize.ts';
import type { Config } from '../config/schema.ts';
import { hintFor } from '../config/suggest.ts';
import type { SimulationParts } from './parts.ts';
import { covarianceProblem, createSampler, estimateSampler, type Sampler } from './samplers.ts';

/** One entry of `randomize`. */
export interface Draw {
  /** Its path as the config writes it. */
  readonly text: string;
  /** Its path as errors write it: the name of its random stream. */
  readonly name: string;
  /** What must be built anew when it changes: `['strategy']`, `['markets', 'BTC/USDT']`. */
  readonly section: ConfigPath;
  /** The values that it sets, at their paths. */
  readonly targets: readonly ConfigPath[];
  /** Slot of the first of them among the values of all draws. */
  readonly at: number;
  readonly sampler: Sampler;
}

type Refusal = readonly [rule: string, hint: string];

const BY_ROOT: Readonly<Record<string, Refusal>> = {
  seed: ['every draw follows from it', 'run another ensemble with --seed'],
  episodes: ['it is the number of draws', 'set it with --episodes'],
  record: ['it belongs to the whole run', 'set record itself'],
  outputs: ['they belong to the whole run', 'set outputs themselves'],
  limits: ['they belong to the whole run', 'set limits themselves'],
  randomize: ['a distribution is not drawn itself', 'widen the distribution'],
  interval: ['all episodes share one grid of times', 'run one ensemble for each interval; steps can be drawn'],
  start: ['all episodes share one grid of times', 'run one ensemble for each start'],
  calendar: ['figures of all episodes are annualised alike', 'run one ensemble for each calendar'],
  antithetic: ['it pairs the episodes of the whole run', 'set antithetic itself'],
  correlation: [
    'one matrix holds for all episodes',
    'run one ensemble for each matrix, or draw parameters of the markets',
  ],
};
const MARKETS: Refusal = ['all episodes have the same markets', 'draw one market as a choice: markets.NAME'];
const USE: Refusal = [
  'its code is loaded before the first episode',
  'draw its parameters, or run one ensemble for each',
];
const NAME: Refusal = ['it names a column of the whole run', 'set name itself'];
const FILE: Refusal = ['candles are loaded before the first episode', 'run one ensemble for each file'];
const HISTORY: Refusal = ['it decides how the histories of the whole run go together', 'run one ensemble for each'];
const CANDLES: Refusal = [
  'it is made of the candles of a file',
  'draw its other parameters, or run one ensemble for each',
];
const OUTSIDE: Refusal = ['it is given from outside', 'leave randomize out'];
const DRAWN = ['markets', 'strategy', 'components', 'rewards', 'portfolio', 'execution', 'steps', 'heartbeat'];

/** The draws of a config, in its order. Throws ConfigError for every path that cannot be drawn. */
export function planDraws(config: Config, parts: SimulationParts = {}): Draw[] {
  const issues: Issue[] = [];
  const draws: Draw[] = [];
  let at = 0;
  for (const [text, distribution] of Object.entries(config.randomize ?? {})) {
    const path = parsePath(text);
    const issue = path === undefined ? syntaxIssue(text) : pathIssue(path, text, config, distribution, parts);
    if (issue !== undefined) {
      issues.push({ ...issue, path: ['randomize', text, ...issue.path] });
      continue;
    }
    const draw = createDraw(text, path!, distribution, at);
    at += draw.targets.length;
    draws.push(draw);
  }
  issues.push(...overlaps(draws));
  if (issues.length > 0) throw new ConfigError(issues);
  return draws;
}

function createDraw(text: string, path: ConfigPath, distribution: Distribution, at: number): Draw {
  const isEstimate = 'estimate' in distribution;
  return {
    text,
    name: formatPath(path),
    section: path.slice(0, ['markets', 'components', 'rewards'].includes(String(path[0])) ? 2 : 1),
    targets: isEstimate ? Object.keys(distribution.estimate).map((name) => [...path, ...parsePath(name)!]) : [path],
    at,
    sampler: isEstimate ? estimateSampler(distribution) : createSampler(distribution),
  };
}

/** Names of the values that a draw sets, as columns have them after `draw_`. */
export function namesOf(draw: Draw): string[] {
  return draw.targets.map(formatPath);
}

function syntaxIssue(text: string): Issue {
  const { end } = scanPath(text);
  return { path: [], rule: `must be a path, is none at ${JSON.stringify(text.slice(end, end + 20))}`, hint: PATH_HINT };
}

/** Why this path cannot be drawn so, if it cannot; the issue's path starts at the distribution. */
function pathIssue(
  path: ConfigPath,
  text: string,
  config: Config,
  distribution: Distribution,
  parts: SimulationParts,
): Issue | undefined {
  const refused = refusal(path, config) ?? refusalOutside(path, parts);
  if (refused !== undefined) return cannot([], refused);
  const [root, second] = path;
  if (!DRAWN.includes(String(root))) {
    return { path: [], rule: 'must be the path of a value in the config', hint: hintFor(String(root), DRAWN) };
  }
  if (root === 'markets' && !Object.hasOwn(config.markets, second!)) {
    const meant = joinedName(config.markets, path, 1);
    const hint =
      meant === undefined ? hintFor(String(second), Object.keys(config.markets)) : `did you mean ${formatPath(meant)}?`;
    return { path: [], rule: `must name a market of the config, ${JSON.stringify(second)} is none`, hint };
  }
  if ('estimate' in distribution) return estimateIssue(path, text, distribution);
  if (root === 'markets' && path.length === 2) return marketIssue(distribution);
  return undefined;
}

function refusal(path: ConfigPath, config: Config): Refusal | undefined {
  const [root, second, third] = path;
  if (typeof root !== 'string' || path.some((key) => key === '__proto__')) return ['no value is there', PATH_HINT];
  if (Object.hasOwn(BY_ROOT, root)) return BY_ROOT[root];
  switch (root) {
    case 'markets': {
      if (second === undefined) return MARKETS;
      if (third === 'file') return FILE;
      if (third === 'start' || third === 'joint') return HISTORY;
      const isHistory = 'file' in (config.markets[second] ?? {});
      return isHistory && (third === undefined || third === 'process') ? CANDLES : undefined;
    }
    case 'strategy':
      return second === undefined || second === 'use' ? USE : undefined;
    case 'components':
    case 'rewards':
      // A name in the place of a number has an error of its own.
      if (typeof second === 'string') return undefined;
      if (second === undefined || third === undefined || third === 'use') return USE;
      return root === 'rewards' && third === 'name' ? NAME : undefined;
    default:
      return undefined;
  }
}

/** Live feeds, exchanges and decisions from outside know nothing of draws. */
function refusalOutside([root]: ConfigPath, parts: SimulationParts): Refusal | undefined {
  const isOutside =
    (parts.handlers !== undefined && (root === 'markets' || root === 'steps')) ||
    (parts.execution !== undefined && root === 'execution') ||
    (parts.external === true && root === 'strategy');
  return isOutside ? OUTSIDE : undefined;
}

function cannot(path: ConfigPath, [rule, hint]: Refusal): Issue {
  return { path, rule: `cannot be drawn: ${rule}`, hint };
}

function estimateIssue(
  path: ConfigPath,
  text: string,
  distribution: Extract<Distribution, { estimate: unknown }>,
): Issue | undefined {
  if (path[0] !== 'markets' || path.length !== 2) {
    const hint = 'its path is markets.NAME';
    return { path: ['estimate'], rule: 'must stand at a market, whose parameters it names', received: text, hint };
  }
  for (const name of Object.keys(distribution.estimate)) {
    const inside = parsePath(name);
    if (inside === undefined)
      return { path: ['estimate', name], rule: 'must be the name of a parameter', received: name };
    if (inside[0] === 'file' || inside[0] === 'process') return cannot(['estimate', name], FILE);
  }
  const problem = covarianceProblem(distribution);
  return problem === undefined ? undefined : { path: problem.place, rule: problem.rule, received: problem.received };
}

/** A market as a whole is one of several. */
function marketIssue(distribution: Distribution): Issue | undefined {
  if (!('choice' in distribution)) {
    const hint = 'draw a parameter of it, such as its volatility';
    return { path: [], rule: 'a whole market can only be drawn by choice or as an estimate', hint };
  }
  const i = distribution.choice.findIndex((value) => typeof value === 'object' && value !== null && 'file' in value);
  return i < 0 ? undefined : cannot(['choice', i], FILE);
}

/** Paths that set the same value, or one a part of the other. */
function overlaps(draws: readonly Draw[]): Issue[] {
  return draws.flatMap((draw, i) =>
    draws.slice(0, i).flatMap((other): Issue[] => {
      const inside = (a: Draw, b: Draw): boolean =>
        a.targets.some((path) => b.targets.some((outer) => startsWith(path, outer)));
      const isInner = inside(draw, other);
      if (!isInner && !inside(other, draw)) return [];
      const [inner, outer] = isInner ? [draw, other] : [other, draw];
      const isSame = inside(outer, inner);
      const path = ['randomize', inner.text];
      if (isSame)
        return [
          {
            path,
            rule: `must be drawn once, ${JSON.stringify(outer.text)} draws it as well`,
            hint: 'keep one of the two',
          },
        ];
      const hint = `put the value into each choice of ${outer.name}, or draw its parts one by one`;
      return [{ path, rule: `must not be a part of ${outer.name}, which is drawn as a whole`, hint }];
    }),
  );
}
