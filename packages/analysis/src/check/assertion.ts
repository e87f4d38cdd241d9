import { type Figure, parseFigureStart } from '@ergodic/statistics';

export type Operator = '<' | '<=' | '>' | '>=';

/**
 * `FIGURE OPERATOR BOUND`. The bound is a number, or the same figure of a baseline: `baseline`, `0.98 * baseline`, `baseline - 0.01`,
 * `0.98 * baseline - 0.01`. A number may end with `%`: so many hundredths.
 */
export interface Assertion {
  /** As it is written, without needless blanks. */
  readonly text: string;
  readonly figure: Figure;
  readonly operator: Operator;
  /** The bound is `factor` × the baseline's figure + `offset`; 0 where it is a number. */
  readonly factor: number;
  readonly offset: number;
}

/** An assertion that cannot be read. `code` is `ASSERTION_INVALID`. */
export class AssertionError extends Error {
  readonly code = 'ASSERTION_INVALID';

  /** `at`, from 0: where in the text the rule is broken. */
  constructor(text: string, at: number, rule: string) {
    super(`--assert ${JSON.stringify(text)}, character ${at + 1}: ${rule}`);
    this.name = 'AssertionError';
  }
}

const SIGN = /^\s*(<=|>=|=<|=>|<|>|==|=|!=|≤|≥)/;
/** Signs that are no operators, and what was meant. */
const MEANT: Readonly<Record<string, string>> = {
  '=>': '>=',
  '=<': '<=',
  '≥': '>=',
  '≤': '<=',
  '=': '<= or >=',
  '==': '<= or >=',
  '!=': '< or >',
};
const NUMBER = '(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?\\s*%?';
const PLAIN = new RegExp(`^[+-]?\\s*${NUMBER}$`, 'i');
const RELATIVE = new RegExp(`^(?:(${NUMBER})\\s*\\*\\s*)?baseline(?:\\s*([+-])\\s*(${NUMBER}))?$`, 'i');
const BOUNDS = 'write a number such as -0.2 or 20 %, or baseline - 0.01, or 0.98 * baseline';

/** Throws AssertionError `ASSERTION_INVALID`, FigureError `FIGURE_INVALID`. */
export function parseAssertion(text: string): Assertion {
  const { figure, end } = parseFigureStart(text);
  const rest = text.slice(end);
  const [before, sign] = SIGN.exec(rest) ?? [];
  if (before === undefined || sign === undefined) {
    const got = rest.trim() === '' ? 'nothing' : rest.trim();
    throw new AssertionError(
      text,
      end,
      `after ${figure.text} there must be <, <=, > or >=, got ${got}; as in ${EXAMPLE}`,
    );
  }
  const meant = MEANT[sign];
  const signAt = end + before.length - sign.length;
  if (meant !== undefined) throw new AssertionError(text, signAt, `${sign} is no comparison; did you mean ${meant}?`);
  const bound = rest.slice(before.length);
  const boundAt = end + before.length + bound.length - bound.trimStart().length;
  const parts = boundOf(text, bound.trim(), boundAt);
  return { text: `${figure.text} ${sign} ${written(bound)}`, figure, operator: sign as Operator, ...parts };
}

const EXAMPLE = 'q05(totalReturn) > -0.2';

function boundOf(text: string, bound: string, at: number): Pick<Assertion, 'factor' | 'offset'> {
  if (PLAIN.test(bound)) return { factor: 0, offset: numberOf(bound) };
  const parts = RELATIVE.exec(bound);
  if (parts !== null) {
    const [, factor, sign, offset] = parts;
    const shift = offset === undefined ? 0 : numberOf(`${sign}${offset}`);
    return { factor: factor === undefined ? 1 : numberOf(factor), offset: shift };
  }
  if (bound === '') throw new AssertionError(text, at, `a bound must follow; ${BOUNDS}`);
  const late = new RegExp(`^baseline\\s*\\*\\s*(${NUMBER})`, 'i').exec(bound)?.[1];
  const wayOut = late === undefined ? BOUNDS : `the factor stands before it: ${late.trim()} * baseline`;
  throw new AssertionError(text, at, `the bound cannot be read, got ${bound}; ${wayOut}`);
}

/** With one blank where some are. */
function written(bound: string): string {
  return bound
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?%/g, ' %')
    .replace(/^([+-]) /, '$1');
}

function numberOf(text: string): number {
  const digits = text.replaceAll(/[\s%]/g, '');
  return text.endsWith('%') ? Number(digits) / 100 : Number(digits);
}
