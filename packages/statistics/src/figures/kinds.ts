import type { Estimate } from '../estimate.ts';
import type { EpisodeTable } from './table.ts';

export const COMPARISONS = ['<=', '>=', '<', '>'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** A column held against a number. */
export interface Condition {
  readonly column: string;
  readonly comparison: Comparison;
  readonly limit: number;
}

/** What a kind makes of its argument. */
export interface Made {
  readonly columns: readonly string[];
  readonly describe: string;
  readonly evaluate: (table: EpisodeTable, tail: number) => Estimate;
}

interface Described {
  /** The name before the parenthesis; NN stands for digits. */
  readonly name: string;
  /** How it is written, with words in capitals for what the user puts in. */
  readonly form: string;
  readonly describe: string;
  readonly isObserved?: boolean;
  /** The digits in the name are put in by the user. */
  readonly isFamily?: boolean;
}

/** A kind of figure, by what stands in its parentheses. A fraction is above 0 and below a limit. */
export type FigureKind = Described &
  (
    | { readonly takes: 'nothing'; readonly make: () => Made }
    | { readonly takes: 'column'; readonly make: (column: string) => Made }
    | { readonly takes: 'condition'; readonly make: (condition: Condition) => Made }
    | { readonly takes: 'fraction'; readonly below: number; readonly make: (fraction: number) => Made }
    | { readonly takes: 'fraction?'; readonly below: number; readonly make: (fraction: number | undefined) => Made }
  );

export function holds({ comparison, limit }: Condition, value: number): boolean {
  switch (comparison) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}
