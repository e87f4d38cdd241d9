import { type ReplayOutcome, replayEpisode, type TraceLine } from '@ergodic/workers';
import { precise, table, time } from '../format.ts';
import { colorsFor, isOutputClosed, notice, print } from '../output.ts';
import { resolveRun, typed } from '../runs.ts';

/** Lines are written in pieces of this many characters. */
const PIECE = 65_536;

export interface ReplayOptions {
  readonly episode: number;
  readonly ndjson?: boolean;
  readonly debug?: boolean;
}

export async function replay(given: string, options: ReplayOptions): Promise<number> {
  const dir = await resolveRun(given);
  const render = options.ndjson === true ? JSON.stringify : renderEvent;
  let waiting = '';
  const flush = (): void => {
    print(waiting);
    waiting = '';
    // Nobody reads on (`| head`); the rest of the episode is of no use.
    if (isOutputClosed()) process.exit(0);
  };
  const outcome = await replayEpisode(dir, options.episode, (line) => {
    waiting += `${render(line)}\n`;
    if (waiting.length > PIECE) flush();
  });
  flush();
  const text = renderOutcome(outcome, options.debug === true).join('\n');
  if (options.ndjson === true) notice(text);
  else print(`\n${text}\n`);
  if (outcome.differences === null)
    notice(`episode ${outcome.episode} is not stored yet: ergodic resume ${typed(dir)}`);
  return outcome.differences === null || outcome.differences.length === 0 ? 0 : 1;
}

/** The values that the episode drew, one a line. */
function renderDraws(draws: object): string {
  const rows = Object.entries(draws).map(([path, value]) => [path, renderValue(path, value)]);
  return ['Drawn for this episode', ...table(rows).map((line) => `  ${line}`), ''].join('\n');
}

/** `2026-01-01 05:00:00      5  FILL          BTC/USDT  orderId 1  orderSide buy  …` */
function renderEvent({ type, timeMs, step, ...fields }: TraceLine): string {
  if (type === 'DRAWS') return renderDraws(fields.draws as object);
  const { symbol, ...rest } = fields;
  const parts = symbol === undefined ? [] : [String(symbol)];
  for (const [name, value] of Object.entries(compact(rest))) {
    if (value !== null && value !== undefined) parts.push(`${name} ${renderValue(name, value)}`);
  }
  return `${time(timeMs)}  ${String(step).padStart(6)}  ${type.padEnd(12)}  ${parts.join('  ')}`.trimEnd();
}

/** Leaves out what a line above says. A quote is a candle whose four prices are one. */
function compact(fields: Record<string, unknown>): Record<string, unknown> {
  // The prices of a MARK stand in the MARKETs before it.
  const { open, high, low, close, prices: _, ...rest } = fields;
  if (close === undefined) return rest;
  return open === close && high === close && low === close
    ? { price: close, ...rest }
    : { open, high, low, close, ...rest };
}

function renderValue(name: string, value: unknown): string {
  if (typeof value === 'number') return name.endsWith('Id') ? String(value) : precise(value);
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value);
}

function renderOutcome(outcome: ReplayOutcome, debug: boolean): string[] {
  const { episode, endReason, failure, record, differences } = outcome;
  const { bold, red, green } = colorsFor(process.stdout);
  const lines = [bold(`Episode ${episode}: ${endReason}`)];
  if (failure === null) {
    const rows = Object.entries(record).map(([name, value]) => [name, value === null ? '–' : precise(value)]);
    lines.push(...table(rows, [1]).map((line) => `  ${line}`));
  } else {
    lines.push(red(`  ${failure.code}: ${failure.message}`));
    if (debug && failure.stack !== undefined) lines.push(failure.stack);
    else lines.push('  --debug shows where it was thrown');
  }
  if (differences === null) lines.push('There is no stored record to compare with.');
  else if (differences.length === 0) lines.push(green('Agrees with the stored record.'));
  else lines.push(red(`Differs from the stored record in ${differences.join(', ')}`));
  return lines;
}
