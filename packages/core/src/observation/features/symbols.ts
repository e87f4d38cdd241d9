import type { FeatureSetup } from '../feature.ts';

/** The parameter of every feature that exists once a symbol. */
export const symbolParameter = {
  type: 'string',
  default: '',
  description: 'The one symbol to look at; default: every symbol, in the order of the config.',
} as const;

/** Positions in the config of the symbols to look at. Throws RangeError for a symbol that is not there. */
export function symbolIndices(symbol: string, { symbols }: FeatureSetup): readonly number[] {
  if (symbol === '') return symbols.map((_, i) => i);
  const index = symbols.indexOf(symbol);
  if (index === -1) throw new RangeError(`symbol must be one of ${symbols.join(', ')}, got ${symbol}`);
  return [index];
}

/** `what_symbol_detail`, without the symbol where the config has only one, for each symbol and each name. */
export function symbolLabels(
  indices: readonly number[],
  { symbols }: FeatureSetup,
  names: readonly (readonly [what: string, detail?: number])[],
): readonly string[] {
  return indices.flatMap((index) =>
    names.map(([what, detail]) => {
      const parts = symbols.length === 1 ? [what] : [what, symbols[index]!];
      return (detail === undefined ? parts : [...parts, detail]).join('_');
    }),
  );
}
