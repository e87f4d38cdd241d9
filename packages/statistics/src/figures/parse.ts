import { hintFor } from '@ergodic/core';
import { TAIL } from '../estimate.ts';
import { FigureError } from './error.ts';
import type { Figure } from './figure.ts';
import { COMPARISONS, type Condition, type FigureKind, type Made } from './kinds.ts';
import { FIGURES, quantileKind, shortfallKind } from './registry.ts';

/**
 * A figure as it is written: `q05(totalReturn)`, `probability(maxDrawdown > 0.5)`, `kellyFraction`. The name of a column that has a
 * parenthesis without a partner, or that a condition would cut, stands in quotes: `mean("reward_a)")`.
 *
 * @throws FigureError `FIGURE_INVALID`
 */
export function parseFigure(text: string): Figure {
  const { figure, end } = parseFigureStart(text);
  const rest = text.slice(end).trim();
  if (rest !== '') throw invalid(text, text.indexOf(rest, end), `nothing may follow ${figure.text}`, rest);
  return figure;
}

/**
 * The figure at the start of a longer text, such as an assertion, and where it ends: `q05(totalReturn) > -0.2` gives the figure and 16.
 *
 * @throws FigureError `FIGURE_INVALID`
 */
export function parseFigureStart(text: string): { readonly figure: Figure; readonly end: number } {
  const [before, name] = /^\s*([A-Za-z]\w*)?/.exec(text)! as unknown as [string, string | undefined];
  if (name === undefined) {
    throw invalid(text, before.length, 'it begins with the name of a figure', text.trim(), 'write mean(totalReturn)');
  }
  const kind = kindOf(text, before.length - name.length, name);
  const open = /^\s*\(\s*/.exec(text.slice(before.length));
  if (open === null) {
    const isWhole = kind.takes === 'nothing' || kind.takes === 'fraction?';
    if (isWhole) return { figure: figureOf(kind, name, kind.make(undefined)), end: before.length };
    throw invalid(text, before.length, `${name} needs parentheses`, undefined, `write ${kind.form}`);
  }
  const from = before.length + open[0].length;
  const close = closingOf(text, from);
  const argument = text.slice(from, close).trim();
  if (argument === '') throw invalid(text, from, 'the parentheses are empty', undefined, `write ${kind.form}`);
  return { figure: withArgument(text, from, kind, name, argument), end: close + 1 };
}

function withArgument(text: string, from: number, kind: FigureKind, name: string, argument: string): Figure {
  switch (kind.takes) {
    case 'nothing':
      throw invalid(text, from, `${name} takes nothing in parentheses`, argument, `write ${kind.form}`);
    case 'column': {
      const column = columnOf(argument);
      return figureOf(kind, `${name}(${written(column)})`, kind.make(column));
    }
    case 'condition': {
      const condition = conditionOf(argument);
      if (condition === undefined) {
        const rule = `must be a column, one of ${COMPARISONS.join(' ')}, and a number`;
        throw invalid(text, from, rule, argument, `write ${kind.form}`);
      }
      const { column, comparison, limit } = condition;
      return figureOf(kind, `${name}(${written(column)} ${comparison} ${limit})`, kind.make(condition));
    }
    case 'fraction':
    case 'fraction?': {
      const fraction = numberOf(argument);
      if (!(fraction > 0 && fraction < kind.below)) {
        const rule = `must be a number above 0${kind.below < Infinity ? ` and below ${kind.below}` : ''}`;
        throw invalid(text, from, rule, argument, `write ${kind.form}`);
      }
      return figureOf(kind, `${name}(${fraction})`, kind.make(fraction));
    }
  }
}

function figureOf({ isObserved = false }: FigureKind, text: string, { columns, describe, evaluate }: Made): Figure {
  return { text, columns, isObserved, describe, evaluate: (table, tail = TAIL) => evaluate(table, tail) };
}

function kindOf(text: string, at: number, name: string): FigureKind {
  const family = /^(q|es)(\d+)$/.exec(name) as unknown as [string, 'q' | 'es', string] | null;
  if (family === null) {
    const known = FIGURES.find((kind) => kind.name === name && !kind.isFamily);
    if (known !== undefined) return known;
    const hint = hintFor(
      name,
      FIGURES.map((kind) => kind.name),
    );
    throw invalid(text, at, 'there is no such figure', name, hint);
  }
  const [, letters, digits] = family;
  const p = Number(`0.${digits}`);
  // q5 may be meant as 5 % or 50 %, q100 as the largest value: neither is what its decimals say.
  const isClear = digits.length === 2 || (digits.length > 2 && !digits.endsWith('0'));
  if (!isClear || p === 0) {
    const rule = `the digits of ${letters}NN are two decimals or more`;
    throw invalid(text, at, rule, name, `${letters}05 is 5 %, ${letters}50 is 50 %, ${letters}995 is 99.5 %`);
  }
  return letters === 'q' ? quantileKind(name, p) : shortfallKind(name, p);
}

/** Place of the parenthesis that closes what begins at `from`; pairs of parentheses and quotes within are passed over. */
function closingOf(text: string, from: number): number {
  const parts = /"(?:[^"\\]|\\.)*"|[()]/g;
  parts.lastIndex = from;
  let depth = 0;
  for (let match = parts.exec(text); match !== null; match = parts.exec(text)) {
    if (match[0] === '(') depth++;
    else if (match[0] === ')' && depth-- === 0) return match.index;
  }
  throw invalid(text, text.length, 'the closing parenthesis is missing');
}

function conditionOf(argument: string): Condition | undefined {
  const match = /^((?:"(?:[^"\\]|\\.)*"|[^"<>])+?)\s*(<=|>=|<|>)(.*)$/.exec(argument);
  const comparison = COMPARISONS.find((sign) => sign === match?.[2]);
  const limit = numberOf((match?.[3] ?? '').trim());
  if (match === null || comparison === undefined || Number.isNaN(limit)) return undefined;
  return { column: columnOf(match[1]!), comparison, limit };
}

function numberOf(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** The name of a column: as it is, or as JSON text in quotes. */
function columnOf(argument: string): string {
  if (!/^"(?:[^"\\]|\\.)*"$/.test(argument)) return argument;
  try {
    return JSON.parse(argument) as string;
  } catch {
    return argument;
  }
}

/** The way back. */
function written(column: string): string {
  return /[<>()]|^"|^\s|\s$/.test(column) ? JSON.stringify(column) : column;
}

function invalid(text: string, at: number, rule: string, received?: string, hint?: string): FigureError {
  const got = received === undefined || received === '' ? '' : `, got ${received}`;
  const wayOut = hint === undefined ? '' : `; ${hint}`;
  return new FigureError(`figure ${JSON.stringify(text)}, character ${at + 1}: ${rule}${got}${wayOut}`);
}
