/** One line of a candle file, as text. `time` is the candle's open; a column that the line lacks is empty. */
export interface RawCandle {
  /** Counted from 1, the header included. */
  readonly line: number;
  readonly time: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Absent where the file has no such column. */
  readonly volume?: string | undefined;
}

/** Something of a candle file that a user should know of and that does not stop a run: a gap, or how it was read. */
export interface CandleNotice {
  /** The line after the gap, or the first that it is about. */
  readonly line: number;
  readonly rule: string;
  /** How many candles are missing here; 0 where the notice is about something else. */
  readonly missing: number;
}
