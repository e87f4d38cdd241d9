import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  buildCandles,
  CandleError,
  type CandleNotice,
  type CandleProblem,
  type CandleSeries,
  parseTimeMs,
  type RawCandle,
} from '@ergodic/core';
import { parse } from 'csv-parse/sync';
import { messageOf, RunError } from '../errors.ts';
import { findLayout, type Layout, missingColumns } from './layout.ts';
import { chooseVolume } from './volume.ts';

/** The candles of a file. */
export interface CandleFile {
  readonly series: CandleSeries;
  /** How the file was read, where that was a choice, and its gaps. */
  readonly notices: readonly CandleNotice[];
  readonly sha256: string;
}

/** Rows of a file, not yet checked, with remarks on how they were read. */
interface CandleRows {
  readonly rows: readonly RawCandle[];
  readonly notices: readonly CandleNotice[];
}

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const DELIMITERS = [',', ';', '\t'] as const;
/** Enough for every line above a header, and the header. */
const HEAD_RECORDS = 24;
const WANTED = 'time, open, high, low, close and perhaps volume';

/**
 * Reads a file of candles as vendors write them: see docs/candle-files.md for what is accepted.
 *
 * @throws CandleError or RunError `CANDLES_INVALID`, with file, line, rule, value and a way out
 */
export function readCandleFile(path: string): CandleFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw invalid(`${path}: must be a readable CSV file (${messageOf(error)})`, error);
  }
  return decodeCandles(bytes, path);
}

/** The candles in the bytes of a file; `file` is its name in messages. */
export function decodeCandles(bytes: Uint8Array, file: string): CandleFile {
  const { rows, notices } = parseCandleFile(textOf(bytes, file), file);
  const built = buildCandles(rows, { file });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { series: built.series, notices: [...notices, ...built.notices], sha256 };
}

/** CSV text → rows with their line numbers, in the order of the file, and what was remarkable about them. */
function parseCandleFile(text: string, file: string): CandleRows {
  const { delimiter, layout } = findForm(text, file);
  const lines = linesOf(text, file, delimiter).slice(layout.skipped);
  const symbol = symbolOf(lines, layout, file);
  const volume = chooseVolume(layout, symbol);
  const headerLine = Math.max(1, (lines[0]?.info.lines ?? 1) - 1);
  if (volume === undefined) {
    const names = layout.volumes.map(({ at }) => layout.names[at]).join(', ');
    const rule = `${file}:${headerLine}: must have one column of volume in units of the base asset`;
    throw invalid(`${rule}, got ${names}; name it Volume, or remove the others`);
  }
  const time = timeReader(lines, layout);
  checkWidths(lines, layout, file);
  const rows = lines.map(({ record, info }): RawCandle => {
    const value = (at: number): string => record[at] ?? '';
    const row = { line: info.lines, time: time.of(record), open: value(layout.open), high: value(layout.high) };
    const rest = { low: value(layout.low), close: value(layout.close) };
    return { ...row, ...rest, ...(volume.at === undefined ? {} : { volume: value(volume.at) }) };
  });
  const remarks = [time.remark, volume.remark, adjustedRemark(layout)].filter((rule) => rule !== undefined);
  return { rows, notices: remarks.map((rule) => ({ line: headerLine, rule, missing: 0 })) };
}

function invalid(message: string, cause?: unknown): RunError {
  return new RunError('CANDLES_INVALID', message, cause === undefined ? undefined : { cause });
}

/** UTF-8, or UTF-16 where its mark says so. */
function textOf(bytes: Uint8Array, file: string): string {
  const [first, second] = bytes;
  const isPacked = (first === 0x50 && second === 0x4b) || (first === 0x1f && second === 0x8b);
  if (isPacked) throw invalid(`${file}: must be CSV text, this is packed (zip or gzip); unpack it first`);
  const isWide = first === 0xff && second === 0xfe;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes);
  if (text.includes('\0')) throw invalid(`${file}: must be CSV text, got binary data; save it as CSV`);
  return text;
}

function linesOf(text: string, file: string, delimiter: string, to?: number): readonly Line[] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      ...(to === undefined ? {} : { to }),
    }) as unknown as Line[];
  } catch (error) {
    throw invalid(`${file}: must be CSV, ${messageOf(error)}`, error);
  }
}

/** Separator and columns: the first separator with which the top of the file makes sense. */
function findForm(text: string, file: string): { delimiter: string; layout: Layout } {
  let nearest: Line | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const delimiter of DELIMITERS) {
    const head = linesOf(text, file, delimiter, HEAD_RECORDS);
    const layout = findLayout(head.map(({ record }) => record));
    if (layout !== undefined) return { delimiter, layout };
    for (const line of head) {
      const missing = missingColumns(line.record).length;
      if (missing >= fewest) continue;
      nearest = line;
      fewest = missing;
    }
  }
  const record = nearest?.record ?? [];
  const line = nearest?.info.lines ?? 1;
  if (record.length > 4 && record.every((value) => /^[\d.]+$/.test(value))) {
    const rule = `${file}:${line}: a file without a header must be one of Binance (12 columns) or Kraken (7 columns)`;
    throw invalid(`${rule}, got ${record.length} columns; add a first line that names the columns ${WANTED}`);
  }
  const rule = `${file}:${line}: the first line must name the columns ${WANTED}`;
  const names = record.map((name) => name.toLowerCase()).join(',');
  throw invalid(`${rule}, got ${names === '' ? 'nothing' : names} without ${missingColumns(record).join(', ')}`);
}

/** The one symbol of the file, '' where no column names it. */
function symbolOf(lines: readonly Line[], { symbol: at }: Layout, file: string): string {
  const first = at === undefined ? '' : (lines[0]?.record[at] ?? '');
  if (at === undefined) return first;
  for (const { record, info } of lines) {
    if (record[at] === first) continue;
    const rule = `${file}:${info.lines}: a file must hold the candles of one symbol, the first is ${first}`;
    throw invalid(`${rule}, got ${record[at] ?? ''}; split the file by symbol`);
  }
  return first;
}

interface TimeReader {
  of(record: readonly string[]): string;
  readonly remark?: string;
}

/** The first column that has a time on every line: epochs go before dates, whose zone nothing tells. */
function timeReader(lines: readonly Line[], { time, clock, names }: Layout): TimeReader {
  const isRead = (at: number): boolean => lines.every(({ record }) => !Number.isNaN(parseTimeMs(record[at] ?? '')));
  const found = time.find(isRead);
  const at = found ?? time[0]!;
  const of = (record: readonly string[]): string => record[at] ?? '';
  const times = (column: number): number => parseTimeMs(lines[0]?.record[column] ?? '');
  if (found !== undefined && clock !== undefined && /^\d\d?:\d\d/.test(lines[0]?.record[clock] ?? '')) {
    return { of: (record) => `${of(record)} ${record[clock] ?? ''}` };
  }
  if (found === undefined && clock !== undefined && isRead(clock)) return { of: (record) => record[clock] ?? '' };
  const other = time.find((column) => column !== at && !Number.isNaN(times(column)) && times(column) !== times(at));
  if (found === undefined || other === undefined) return { of };
  const values = `${lines[0]!.record[other]} and ${lines[0]!.record[at]}`;
  return { of, remark: `time is taken from ${names[at]}; ${names[other]} says otherwise (${values})` };
}

/** More values than columns: commas within numbers, most likely, and then every value after them stands wrong. */
function checkWidths(lines: readonly Line[], { width }: Layout, file: string): void {
  const problems: CandleProblem[] = [];
  let count = 0;
  for (const { record, info } of lines) {
    let length = record.length;
    while (length > width && record[length - 1] === '') length--;
    if (length <= width) continue;
    count++;
    if (problems.length === 20) continue;
    const rule = `must have ${width} values, as many as there are columns; numbers must have nothing between thousands`;
    problems.push({ line: info.lines, rule, received: record.join(',') });
  }
  if (count > 0) throw new CandleError(file, problems, count);
}

function adjustedRemark({ names }: Layout): string | undefined {
  const adjusted = names.find((name) => /^adj(?:usted|\.)? close/i.test(name));
  return adjusted === undefined ? undefined : `${adjusted} is not used: open, high, low and close are as traded`;
}
