import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeCandles, readCandleFile } from '../../src/candles/read.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ergodic-candles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2020, 3, 23, 12);

function read(text: string): { candles: number[][]; intervalMs: number; notices: string[] } {
  const { series, notices } = decodeCandles(Buffer.from(text), 'x.csv');
  const { timeMs, open, high, low, close, volume } = series;
  return {
    candles: Array.from(timeMs, (time, i) => [time, open[i]!, high[i]!, low[i]!, close[i]!, volume[i] ?? Number.NaN]),
    intervalMs: series.intervalMs,
    notices: notices.map(({ line, rule }) => `${line}: ${rule}`),
  };
}

function messageOf(text: string | Uint8Array): string {
  try {
    decodeCandles(typeof text === 'string' ? Buffer.from(text) : text, 'x.csv');
  } catch (error) {
    expect((error as { code?: string }).code).toBe('CANDLES_INVALID');
    return (error as Error).message;
  }
  throw new Error('expected an error');
}

/** Two candles at noon and at one. */
const TWO = [
  [NOON, 7100, 7150, 7050, 7120, 12],
  [NOON + HOUR_MS, 7120, 7200, 7110, 7180, 15],
];

describe('candle files of vendors', () => {
  it('CryptoDataDownload: an address above the header, newest first, a twelve-hour clock, two volumes', () => {
    const { candles, intervalMs, notices } = read(`https://www.CryptoDataDownload.com
Date,Symbol,Open,High,Low,Close,Volume BTC,Volume USD
2020-04-23 01-PM,BTCUSD,7120,7200,7110,7180,15,107000
2020-04-23 12-PM,BTCUSD,7100,7150,7050,7120,12,85000
`);
    expect(candles).toEqual(TWO);
    expect(intervalMs).toBe(HOUR_MS);
    expect(notices).toEqual([
      '2: volume is taken from Volume BTC, not from Volume USD',
      '3: the newest candle comes first, so the order is turned around',
    ]);
  });

  it('CryptoDataDownload: 12-AM is midnight', () => {
    const { candles, notices } = read(`Date,Symbol,Open,High,Low,Close,Volume
2020-04-22 11-PM,BTCUSD,7100,7150,7050,7120,12
2020-04-23 12-AM,BTCUSD,7120,7200,7110,7180,15
2020-04-23 01-AM,BTCUSD,7120,7200,7110,7180,15
`);
    expect(candles.map(([time]) => time)).toEqual([-13, -12, -11].map((hours) => NOON + hours * HOUR_MS));
    expect(notices).toEqual([]);
  });

  it('CryptoDataDownload: unix and date side by side, seconds and milliseconds mixed', () => {
    const { candles, notices } = read(`unix,date,symbol,open,high,low,close,Volume USDT,Volume BTC,tradecount
${NOON / 1000}.0,2020-04-23 12:00:00,BTC/USDT,7100,7150,7050,7120,85000,12,900
${NOON + HOUR_MS},2020-04-23 13:00:00,BTC/USDT,7120,7200,7110,7180,107000,15,800
`);
    expect(candles).toEqual(TWO);
    expect(notices).toEqual(['1: volume is taken from Volume BTC, not from Volume USDT']);
  });

  it('takes the dates where the epochs were spoilt by a spreadsheet, and says where the two differ', () => {
    const rows = (unix: string) => `unix,date,open,high,low,close,volume
${unix},2020-04-23 12:00:00,7100,7150,7050,7120,12
${NOON + HOUR_MS},2020-04-23 13:00:00,7120,7200,7110,7180,15
`;
    expect(read(rows('1.58764E+12')).candles).toEqual(TWO);
    expect(read(rows('1.58764E+12')).notices).toEqual([]);
    const local = read(rows(String(NOON)).replaceAll('2020-04-23 1', '2020-04-23 0'));
    expect(local.candles).toEqual(TWO);
    expect(local.notices).toEqual([
      `1: time is taken from unix; date says otherwise (2020-04-23 02:00:00 and ${NOON})`,
    ]);
  });

  it('Binance: klines without a header, in milliseconds or microseconds', () => {
    const lines = (factor: number) =>
      TWO.map(
        ([time, ...prices]) =>
          `${time! * factor},${prices.join(',')},${(time! + HOUR_MS) * factor - 1},85000,900,5,4000,0`,
      );
    for (const factor of [1, 1000]) expect(read(lines(factor).join('\n'))).toMatchObject({ candles: TWO, notices: [] });
  });

  it('Binance: klines with their header', () => {
    const { candles, notices } =
      read(`open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore
${NOON},7100,7150,7050,7120,12,${NOON + HOUR_MS - 1},85000,900,5,4000,0
${NOON + HOUR_MS},7120,7200,7110,7180,15,${NOON + 2 * HOUR_MS - 1},107000,900,5,4000,0
`);
    expect(candles).toEqual(TWO);
    expect(notices).toEqual(['1: volume is taken from volume, not from quote_volume']);
  });

  it('Kraken: OHLCVT without a header', () => {
    const lines = TWO.map(([time, ...prices]) => `${time! / 1000},${prices.join(',')},900`);
    expect(read(lines.join('\r\n'))).toMatchObject({ candles: TWO, notices: [] });
  });

  it('Yahoo: the adjusted close is not used', () => {
    const { candles, notices } = read(`Date,Open,High,Low,Close,Adj Close,Volume
2020-04-22,10,12,9,11,8.5,500
2020-04-23,null,null,null,null,null,null
2020-04-24,11,13,10,12,9.5,700
2020-04-25,11,13,10,12,9.5,700
`);
    expect(candles.map(([, , , , close]) => close)).toEqual([11, 12, 12]);
    expect(notices).toEqual([
      '1: Adj Close is not used: open, high, low and close are as traded',
      '3: line 3 has no prices and is left out',
      '4: 1 candle is missing after 2020-04-22 on line 2',
    ]);
  });

  it('Bitstamp: volumes in brackets, minutes without a trade', () => {
    const { candles, notices } = read(`Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),Weighted_Price
${NOON / 1000},7100,7150,7050,7120,12,85000,7110
${NOON / 1000 + 3600},7120,7200,7110,7180,15,107000,7150
${NOON / 1000 + 7200},NaN,NaN,NaN,NaN,NaN,NaN,NaN
`);
    expect(candles).toEqual(TWO);
    expect(notices).toEqual([
      '1: volume is taken from Volume_(BTC), not from Volume_(Currency)',
      '4: line 4 has no prices and is left out',
    ]);
  });

  it('takes semicolons and tabs, quotes, a byte order mark, blank lines at the end, and a date with a time beside it', () => {
    const plain = `Date,Time,Open,High,Low,Close,Volume
2020-04-23,12:00,7100,7150,7050,7120,12
2020-04-23,13:00,7120,7200,7110,7180,15
`;
    for (const text of [plain, plain.replaceAll(',', ';'), plain.replaceAll(',', '\t')]) {
      expect(read(`\ufeff${text.replaceAll(/7\d\d\d/g, '"$&"')}\r\n\r\n`)).toMatchObject({ candles: TWO, notices: [] });
    }
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(plain.replaceAll(',', '\t'), 'utf16le')]);
    expect(decodeCandles(wide, 'x.csv').series.close.length).toBe(2);
  });

  it('leaves a volume in money out', () => {
    for (const header of ['time,open,high,low,close,Volume USD', 'time,open,high,low,close,quote volume']) {
      const { candles, notices } = read(`${header}\n2020-04-23,10,12,9,11,500\n2020-04-24,10,12,9,11,500\n`);
      expect(candles[0]![5]).toBeNaN();
      expect(notices[0]).toMatch(/^1: (Volume USD|quote volume) is in quote currency and not used/);
    }
  });

  it('tells the base asset by the symbol, also where both could be bought', () => {
    const rows = (header: string, symbol: string) =>
      read(
        `date,symbol,open,high,low,close,${header}\n2020-04-23,${symbol},10,12,9,11,1,2\n2020-04-24,${symbol},10,12,9,11,1,2\n`,
      ).candles[0]![5];
    expect(rows('Volume BTC,Volume ETH', 'ETHBTC')).toBe(2);
    expect(rows('Volume BTC,Volume ETH', 'BTC/ETH')).toBe(1);
    expect(rows('Volume USD,Volume EUR', 'EURUSD')).toBe(2);
    expect(rows('Volume USD,Volume USDT', 'USDT/USD')).toBe(2);
    expect(rows('Volume From,Volume To', 'XYZ')).toBe(1);
    expect(rows('Volume AAA,Volume BBB', 'XYZ')).toBe(1);
  });
});

describe('candle files that are not clear', () => {
  const header = 'time,open,high,low,close,volume';

  it.each([
    [
      'several symbols',
      'date,symbol,open,high,low,close\n2020-04-23,BTCUSD,10,12,9,11\n2020-04-23,ETHUSD,10,12,9,11\n',
      'x.csv:3: a file must hold the candles of one symbol, the first is BTCUSD, got ETHUSD; split the file by symbol',
    ],
    [
      'three volumes of which none is told to be the base asset’s',
      'date,open,high,low,close,Volume A,Volume B,Volume C\n2020-04-23,10,12,9,11,1,1,1\n',
      'x.csv:1: must have one column of volume in units of the base asset, got Volume A, Volume B, Volume C; name it Volume, or remove the others',
    ],
    [
      'thousands separators in quotes',
      `${header}\n2020-04-23,"7,100.5",12000,9,11,1\n`,
      'x.csv:2: open must be a number with a point for the decimals and nothing between thousands, got "7,100.5"',
    ],
    [
      'thousands separators without quotes',
      `${header}\n2020-04-23,7,100,12000,9,11,1\n`,
      'x.csv:2: must have 6 values, as many as there are columns; numbers must have nothing between thousands, got "2020-04-23,7,100,12000,9,11,1"',
    ],
    [
      'a decimal comma',
      'time;open;high;low;close\n2020-04-23;10,5;12;9;11\n',
      'x.csv:2: open must be a number with a point for the decimals and nothing between thousands, got "10,5"',
    ],
    [
      'a time that repeats with other prices',
      `${header}\n2020-04-23,10,12,9,11,1\n2020-04-23,10,12,9,10,1\n`,
      'x.csv:3: time must not repeat that of line 2, got "2020-04-23"',
    ],
    [
      'a header that lacks a column',
      'A title\ntime,open,high,close\n2020-04-23,10,12,11\n',
      'x.csv:2: the first line must name the columns time, open, high, low, close and perhaps volume, got time,open,high,close without low',
    ],
    [
      'no header, and a form that is not known',
      `${NOON},10,12,9,11,1\n${NOON + 1},10,12,9,11,1\n`,
      'x.csv:1: a file without a header must be one of Binance (12 columns) or Kraken (7 columns), got 6 columns; add a first line that names the columns time, open, high, low, close and perhaps volume',
    ],
    [
      'nothing',
      '',
      'x.csv:1: the first line must name the columns time, open, high, low, close and perhaps volume, got nothing without time, open, high, low, close',
    ],
    ['a header alone', `${header}\n`, 'x.csv:1: must hold at least one candle, got 0'],
  ])('%s', (_, text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it('a packed file, and one that is no text', () => {
    expect(messageOf(Buffer.from('PK\x03\x04'))).toBe(
      'x.csv: must be CSV text, this is packed (zip or gzip); unpack it first',
    );
    expect(messageOf(Buffer.from([1, 0, 2, 0]))).toBe('x.csv: must be CSV text, got binary data; save it as CSV');
  });
});

describe('readCandleFile', () => {
  it('gives candles, notices and the hash of the bytes', () => {
    const file = path.join(folder, 'two.csv');
    writeFileSync(file, 'time,open,high,low,close\n2020-04-23,10,12,9,11\n2020-04-24,10,12,9,11\n');
    const { series, notices, sha256 } = readCandleFile(file);
    expect(series.close.length).toBe(2);
    expect(series.volume.length).toBe(0);
    expect(notices).toEqual([]);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names a file that cannot be read', () => {
    const missing = path.join(folder, 'none.csv');
    expect(() => readCandleFile(missing)).toThrow(`${missing}: must be a readable CSV file (ENOENT`);
  });
});
