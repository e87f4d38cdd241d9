import { readFileSync } from 'node:fs';
import { buildCandles, type CandleSeries } from '../src/index.ts';

/** The candles of a file in examples/data. */
export function readCandles(file: string): CandleSeries {
  const text = readFileSync(new URL(`../../../examples/data/${file}`, import.meta.url), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((row, i) => {
      const [time, open, high, low, close, volume] = row.split(',') as [string, string, string, string, string, string];
      return { line: i + 2, time, open, high, low, close, volume };
    });
  return buildCandles(rows, { file }).series;
}
