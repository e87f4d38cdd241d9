/** Keys from the root of a config to a value: `['markets', 'BTC/USDT', 'volatility']`. */
export type ConfigPath = readonly (string | number)[];

const KEY = /[^.[\]="'\s][^.[\]="']*/y;
const BRACKETS = /\[(?:(\d{1,9})|"((?:[^"\\]|\\.)*)"|'([^']*)')\]/y;

/** What to write instead of a path that is not valid. */
export const PATH_HINT = 'write a path such as markets["BRK.B"].volatility or rewards[0].scale';

/** How far a text is a path: its keys and the index behind it; `isWhole` says that it does not break off within a key. */
export interface ScannedPath {
  readonly path: ConfigPath;
  readonly end: number;
  readonly isWhole: boolean;
}

/**
 * Reads the path at the start of a text, up to its end or an `=`: names joined by dots, names with dots in brackets and
 * quotes, and places in lists, from 0, in brackets: `markets["BRK.B"].price`, `rewards[0].scale`.
 */
export function scanPath(text: string): ScannedPath {
  const path: (string | number)[] = [];
  let at = 0;
  let afterDot = true;
  while (at < text.length && (text[at] !== '=' || afterDot)) {
    const isName = afterDot && !(path.length === 0 && text[at] === '[');
    const expression = isName ? KEY : BRACKETS;
    expression.lastIndex = at;
    const match = expression.exec(text);
    if (match !== null) {
      path.push(isName ? match[0].trimEnd() : bracketKey(match));
      at += match[0].length;
      afterDot = false;
    } else if (text[at] === '.' && !afterDot) {
      at++;
      afterDot = true;
    } else return { path, end: at, isWhole: false };
  }
  return { path, end: at, isWhole: !afterDot };
}

/** A whole text as a path; undefined where it is none. `formatPath` is the way back. */
export function parsePath(text: string): ConfigPath | undefined {
  const { path, end, isWhole } = scanPath(text);
  return isWhole && end === text.length ? path : undefined;
}

export function startsWith(path: ConfigPath, prefix: ConfigPath): boolean {
  return prefix.length <= path.length && prefix.every((key, i) => key === path[i]);
}

/** Where there is a key that a path splits at its dots: the path that was meant, `markets["BRK.B"]` for `markets.BRK.B`. */
export function joinedName(mapping: object, path: ConfigPath, depth: number): ConfigPath | undefined {
  if (Object.hasOwn(mapping, path[depth]!)) return undefined;
  for (let end = depth + 2; end <= path.length; end++) {
    const joined = path.slice(depth, end).join('.');
    if (Object.hasOwn(mapping, joined)) return [...path.slice(0, depth), joined, ...path.slice(end)];
  }
  return undefined;
}

function bracketKey([, index, double, single]: RegExpExecArray): string | number {
  if (index !== undefined) return Number(index);
  return single ?? double!.replace(/\\(.)/g, '$1');
}
