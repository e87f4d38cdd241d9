import type { Config, CorrelationConfig } from '@ergodic/core';
import type { RowGroup } from './rows.ts';

/**
 * Correlation of the markets once each is a Brownian motion: that of the config, and of histories that move together the sample correlation of
 * their returns. Undefined where all are independent.
 */
export function correlationOf(config: Config, groups: readonly RowGroup[]): CorrelationConfig | undefined {
  const isHistory = (symbol: string): boolean => 'file' in config.markets[symbol]!;
  const together = groups.filter((group) => group.length > 1 && isHistory(group[0]!.symbol));
  const blocks = [
    ...(config.correlation === undefined ? [] : [config.correlation]),
    ...together.map((group) => ({
      symbols: group.map(({ symbol }) => symbol),
      matrix: sampleCorrelation(group.map(({ returns }) => returns)),
    })),
  ];
  return blocks.length === 0 ? undefined : sideBySide(blocks);
}

/** Correlations within each block; symbols of different blocks have none. */
function sideBySide(blocks: readonly CorrelationConfig[]): CorrelationConfig {
  const symbols = blocks.flatMap((block) => block.symbols);
  const matrix = blocks.flatMap((block) =>
    block.matrix.map((row, i) =>
      symbols.map((symbol) => row[block.symbols.indexOf(symbol)] ?? (symbol === block.symbols[i] ? 1 : 0)),
    ),
  );
  return { symbols, matrix };
}

/** Pearson's, of columns of one length; one without variance goes along with no other. */
export function sampleCorrelation(columns: readonly Float64Array[]): number[][] {
  const scaled = columns.map((column) => {
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const centred = column.map((value) => value - mean);
    const length = Math.sqrt(productOf(centred, centred));
    return length > 0 ? centred.map((value) => value / length) : centred;
  });
  return scaled.map((a, i) =>
    scaled.map((b, j) => (i === j ? 1 : Math.max(-1, Math.min(1, i < j ? productOf(a, b) : productOf(b, a))))),
  );
}

function productOf(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
