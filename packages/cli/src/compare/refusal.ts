import type { ConfigDifference, MarketsDifferError } from '@ergodic/analysis';
import { formatPath, parsePath } from '@ergodic/core';
import { type Manifest, readManifest } from '@ergodic/workers';
import { quoteWord } from '../format.ts';
import { typed } from '../runs.ts';
import { valueInWords } from './market.ts';

/**
 * Why two runs cannot be compared episode by episode: what their markets differ in, and the two ways out. `unpaired` is the command that
 * compares them as independent runs; undefined where there is none.
 */
export function refusalText(error: MarketsDifferError, unpaired: string | undefined): string {
  const [a, b] = [readManifest(error.a), readManifest(error.b)];
  const [nameA, nameB] = [typed(error.a), typed(error.b)];
  if (error.differences.length === 0) return `${error.message}; run one of them again${orUnpaired(unpaired)}`;
  const differing = error.differences.map(
    (one) => `  ${formatPath(one.path)}: ${valueInWords(one.a)} in the first, ${valueInWords(one.b)} in the second`,
  );
  const { settings, removed } = settingsOf(a, b, error.differences);
  const more = removed.length === 0 ? '' : `, after removing ${removed.join(', ')} from its config`;
  return [
    `${nameA} and ${nameB} do not share their market paths, so their episodes are no pairs:`,
    ...differing,
    `either run the second on the market of the first${more}, and compare with that run:`,
    `  ergodic run ${['CONFIG_OF_SECOND', ...settings].join(' ')}`,
    ...(unpaired === undefined
      ? []
      : ['or compare them as independent runs, which tells far less from as many episodes:', `  ${unpaired}`]),
  ].join('\n');
}

function orUnpaired(unpaired: string | undefined): string {
  return unpaired === undefined ? '' : `, or compare them as independent runs: ${unpaired}`;
}

/** The options of `ergodic run` that bring the market of `a` into the config of `b`, and keys that no option can take out. */
export function settingsOf(
  a: Manifest,
  b: Manifest,
  differences: readonly ConfigDifference[],
): { settings: string[]; removed: string[] } {
  const settings = new Map<string, string>();
  const removed: string[] = [];
  const set = (path: ConfigDifference['path'], value: unknown): void => {
    const name = formatPath(path);
    const text = typeof value === 'string' && /^[\w./-]*[A-Za-z][\w./-]*$/.test(value) ? value : JSON.stringify(value);
    settings.set(name, `--set ${quoteWord(`${name}=${text}`)}`);
  };
  for (const { path } of differences) {
    const [root, symbol] = path as [string, string];
    const value = a.config[root as keyof typeof a.config];
    if (root === 'seed') settings.set('seed', `--seed ${quoteWord(a.seed)}`);
    else if (root === 'randomize') set(['randomize'], marketDrawsOf(a, b));
    else if (root === 'markets') setMarket(a, b, symbol, path, set);
    else if (root === 'order of markets') set(['markets'], a.config.markets);
    else if (value === undefined) removed.push(root);
    else set([root], value);
  }
  return { settings: [...settings.values()], removed };
}

function setMarket(
  a: Manifest,
  b: Manifest,
  symbol: string,
  path: ConfigDifference['path'],
  set: (path: ConfigDifference['path'], value: unknown) => void,
): void {
  const [own, other] = [a.config.markets[symbol], b.config.markets[symbol]];
  // A market that one of them lacks cannot be set away.
  if (own === undefined || other === undefined) set(['markets'], a.config.markets);
  else {
    const key = String(path[2]);
    const isNumber =
      path.length === 3 && typeof (own as unknown as Record<string, unknown>)[key] === 'number' && key in other;
    if (isNumber) set(path, (own as unknown as Record<string, unknown>)[key]);
    else set(['markets', symbol], own);
  }
}

/** Draws of b's own, on the draws of a's market. */
function marketDrawsOf(a: Manifest, b: Manifest): unknown {
  const ofMarket = (text: string): boolean => ['markets', 'steps'].includes(String(parsePath(text)?.[0]));
  return Object.fromEntries([
    ...Object.entries(b.config.randomize).filter(([path]) => !ofMarket(path)),
    ...Object.entries(a.config.randomize).filter(([path]) => ofMarket(path)),
  ]);
}
