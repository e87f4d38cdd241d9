import type { TimeGrid } from './handler.ts';

/** Writes the times of the grid's rows `row`, `row + 1`, … into the first `count` elements. */
export function writeGridTimes(timeMs: Float64Array, grid: TimeGrid, row: number, count: number): void {
  const { startMs, intervalMs } = grid;
  for (let i = 0; i < count; i++) timeMs[i] = startMs + (row + i) * intervalMs;
}
