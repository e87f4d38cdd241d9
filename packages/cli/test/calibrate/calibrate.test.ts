import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { calibrators, type Estimate } from '@ergodic/calibration';
import { parseConfig } from '@ergodic/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderConfig, symbolOf } from '../../src/calibrate/config.ts';
import { ergodic, type Outcome } from '../cli/ergodic.ts';

const DATA = fileURLToPath(new URL('../../../../examples/data/', import.meta.url));

const dir = mkdtempSync(path.join(tmpdir(), 'ergodic-calibrate-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
copyFileSync(path.join(DATA, 'eth-usd-1d.csv'), path.join(dir, 'eth-usd-1d.csv'));

const calibrate = (...args: readonly string[]): Promise<Outcome> => ergodic(dir, 'calibrate', ...args);

/** The config of an output, which begins at the first comment. */
const configIn = (stdout: string): string => stdout.slice(stdout.indexOf('\n# ') + 1);
/** With its commented part. */
const uncommented = (text: string): string => {
  const [head, tail] = text.split(/^# Uncomment .*\n/m) as [string, string];
  return head + tail.replaceAll(/^# /gm, '');
};

/** Two columns of numbers of one file, and lines that break its rules. */
function writeCandles(name: string, closes: readonly number[], skipped: ReadonlySet<number> = new Set()): string {
  const rows = closes.map(
    (close, i) => `${new Date(i * 86_400_000).toISOString()},${close},${close},${close},${close}`,
  );
  const kept = rows.filter((_, i) => !skipped.has(i));
  writeFileSync(path.join(dir, name), ['time,open,high,low,close', ...kept, ''].join('\n'));
  return name;
}

describe('ergodic calibrate', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await calibrate('eth-usd-1d.csv', '--process', 'gbm', '--process', 'abm,ou', '--volume');
  });

  it('ranks by BIC, lowest first', () => {
    const { code, stdout } = outcome;
    expect(code).toBe(0);
    const ranking = stdout.split('\n').filter((line) => /^(gbm|abm|ou) +\d/.test(line));
    expect(ranking.map((line) => line.split(/ +/)[0])).toEqual(['gbm', 'abm', 'ou']);
    expect(ranking[0]).toMatch(/ 0\.0$/);
    const bics = ranking.map((line) => Number(line.split(/ +/)[4]!.replaceAll(',', '')));
    expect(bics).toEqual([...bics].sort((a, b) => a - b));
  });

  it('keeps to 100 columns above the config', () => {
    const text = outcome.stdout.slice(0, outcome.stdout.indexOf('\n# '));
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it('says on standard error that returns across gaps are left out', () => {
    expect(outcome.stderr).toContain('12 candles are missing in one gap; the returns across them are left out');
  });

  it('prints a config that runs, with the parameter uncertainty when uncommented', async () => {
    const text = configIn(outcome.stdout);
    const config = parse(text) as { markets: Record<string, Record<string, unknown>> };
    expect(config.markets['ETH/USD']).toMatchObject({ process: 'gbm', price: 164.52, candles: { volume: {} } });
    writeFileSync(path.join(dir, 'plain.yaml'), text);
    writeFileSync(path.join(dir, 'uncertain.yaml'), uncommented(text));
    expect(parse(uncommented(text))).toHaveProperty(['randomize', 'markets.ETH/USD', 'estimate', 'drift']);
    for (const name of ['plain', 'uncertain']) {
      const run = await ergodic(
        dir,
        'run',
        `${name}.yaml`,
        '--episodes',
        '3',
        '--workers',
        '1',
        '--out',
        `runs/${name}`,
        '--json',
      );
      expect(run.stderr).not.toContain('error');
      expect(run.code).toBe(0);
      expect(JSON.parse(run.stdout)).toMatchObject({ episodes: { requested: 3, failed: 0 } });
    }
  });

  it('writes the config to a file, once', async () => {
    const first = await calibrate('eth-usd-1d.csv', '--process', 'gbm', '--out', 'out.yaml', '--symbol', 'BRK.B');
    expect(first.code).toBe(0);
    expect(first.stdout).not.toContain('markets:');
    const text = readFileSync(path.join(dir, 'out.yaml'), 'utf8');
    expect(parse(text)).toHaveProperty(['markets', 'BRK.B', 'process'], 'gbm');
    expect(uncommented(text)).toContain('markets["BRK.B"]:');
    const again = await calibrate('eth-usd-1d.csv', '--process', 'gbm', '--out', 'out.yaml');
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('--out out.yaml: exists and is not overwritten');
    expect(readFileSync(path.join(dir, 'out.yaml'), 'utf8')).toBe(text);
  });

  it('prints one JSON document with all estimates and the config', async () => {
    const { code, stdout } = await calibrate('eth-usd-1d.csv', '--process', 'gbm,exp-ou', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ symbol: 'ETH/USD', interval: '1d', closes: 788, best: 'gbm', volume: null });
    expect(document.estimates.map(({ name }: { name: string }) => name)).toEqual(['gbm', 'exp-ou']);
    const [{ parameters, observations }] = document.estimates;
    expect(observations).toBe(786);
    const { value, standardError, ci95 } = parameters[0];
    expect(ci95).toEqual([value - 1.96 * standardError, value + 1.96 * standardError]);
    expect(() => parseConfig({ ...document.config, randomize: document.randomize })).not.toThrow();
  });

  it('goes on without a process that the prices do not tell, and says so with exit code 1 where it was asked for', async () => {
    const file = writeCandles(
      'rising.csv',
      Array.from({ length: 40 }, (_, i) => 100 * Math.exp(i / 20 + Math.sin(i) / 100)),
    );
    const { code, stdout } = await calibrate(file, '--process', 'gbm,ou');
    expect(code).toBe(1);
    expect(stdout).toContain('not fitted: ou: the prices do not revert to a mean over time');
    expect(stdout).toContain('process: gbm');
  });

  it.each([
    [['missing.csv'], 'missing.csv: must be a readable CSV file'],
    [
      ['eth-usd-1d.csv', '--process', 'mertn'],
      '--process mertn: is nothing that can be fitted; did you mean merton? known: gbm',
    ],
    [['constant.csv'], 'constant.csv: gbm: all prices are 5: prices that do not move tell no parameters'],
    [['two.csv', '--process', 'gbm'], 'two.csv: gbm: needs at least 3 prices, got 2'],
    [['constant.csv', '--volume'], '--volume: constant.csv has no column of volumes'],
    [['eth-usd-1d.csv', '--out', 'nowhere/x.yaml'], '--out nowhere/x.yaml: the folder'],
    [['eth-usd-1d.csv', '--symbol', ''], '--symbol : must have 1 to 64 characters'],
  ])('refuses %j with exit code 2', async (args, message) => {
    writeCandles('constant.csv', [5, 5, 5, 5, 5, 5]);
    writeCandles('two.csv', [5, 6]);
    const { code, stdout, stderr } = await calibrate(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('fault of ergodic');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(path.join(dir, 'nowhere'))).toBe(false);
  });
});

describe('the config of an estimate', () => {
  const estimate: Estimate = {
    process: 'merton',
    method: 'maximum likelihood',
    parameters: [
      { name: 'drift', value: 1 / 3, standardError: 0.1 },
      { name: 'volatility', value: 0.1 + 0.2, standardError: 2e-7 },
      { name: 'jumpIntensity', value: 1e-7, standardError: null },
      { name: 'jumpMean', value: -0.02, standardError: 0.01 },
      { name: 'jumpDeviation', value: 0.05, standardError: 0.01 },
    ],
    covariance: [
      [0.01, 0, 0, 1e-4, 0],
      [0, 4e-14, 0, 0, 0],
      [0, 0, 0, 0, 0],
      [1e-4, 0, 0, 1e-4, 0],
      [0, 0, 0, 0, 1e-4],
    ],
    logLikelihood: 1,
    aic: 1,
    bic: 1,
    observations: 10,
    config: {
      process: 'merton',
      drift: 1 / 3,
      volatility: 0.1 + 0.2,
      jumpIntensity: 1e-7,
      jumpMean: -0.02,
      jumpDeviation: 0.05,
    },
    remarks: [],
  };
  const inputs = { symbol: 'A/B', interval: '1h', price: 0.1 + 0.7, estimate, file: 'a.csv', folder: process.cwd() };

  it('loses no digit, and leaves out of the draws what has no error', () => {
    const config = parse(uncommented(renderConfig('title', inputs)));
    expect(config.markets['A/B']).toEqual({ price: 0.1 + 0.7, ...estimate.config });
    expect(config.randomize['markets.A/B']).toEqual({
      estimate: { drift: 1 / 3, volatility: 0.1 + 0.2, jumpMean: -0.02, jumpDeviation: 0.05 },
      covariance: [
        [0.01, 0, 1e-4, 0],
        [0, 4e-14, 0, 0],
        [1e-4, 0, 1e-4, 0],
        [0, 0, 0, 1e-4],
      ],
    });
    expect(() => parseConfig(config)).not.toThrow();
  });

  it('has no draws where there is no covariance', () => {
    expect(renderConfig('title', { ...inputs, estimate: { ...estimate, covariance: null } })).not.toContain(
      'randomize',
    );
  });

  it('names the file of a bootstrap relative to the folder of the config, and no price', () => {
    const resampled = { ...estimate, config: { process: 'bootstrap', blockLength: 20 }, covariance: null };
    const text = renderConfig('title', { ...inputs, estimate: resampled, folder: path.join(process.cwd(), 'deep') });
    expect(parse(text).markets['A/B']).toEqual({ process: 'bootstrap', file: '../a.csv', blockLength: 20 });
  });

  it.each([
    ['data/btc-usd-1h.csv', 'BTC/USD'],
    ['eth_usdt.csv', 'ETH/USDT'],
    ['Gemini_BTCUSD_1h.csv', 'Gemini_BTCUSD_1h'],
    ['prices.csv', 'prices'],
  ])('takes the symbol from the name %s', (file, symbol) => {
    expect(symbolOf(file)).toBe(symbol);
  });
});

it('docs/calibration.md has a row for every calibrator and no other', () => {
  const text = readFileSync(path.join(DATA, '../../docs/calibration.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([^`]+)` +\| `([^`]+)` +\|/gm)].map(([, name, process]) => `${name} ${process}`);
  expect(rows.sort()).toEqual(calibrators.map(({ name, process }) => `${name} ${process}`).sort());
});
