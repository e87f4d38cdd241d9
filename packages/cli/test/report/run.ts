import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readManifest, runEnsemble, type Summary } from '@ergodic/workers';
import { type ReportJson, type ReportOptions, writeReport } from '../../src/report/index.ts';

const CONFIG = {
  seed: 'report',
  episodes: 60,
  steps: 120,
  interval: '1h',
  markets: { 'BTC/USDT': { process: 'gbm', price: 30_000, drift: 0.2, volatility: 0.7 } },
  strategy: { use: 'sma-cross', fast: 3, slow: 8 },
  portfolio: { cash: 10_000, sizing: { targetWeight: 0.95 } },
  execution: { fees: { taker: 0.001 }, slippage: { bps: 5 } },
  rewards: [{ use: 'log-return' }, { use: 'order-frequency', window: 20, limit: 2, scale: 0.01 }],
  record: { episodes: 2 },
};

/** A folder that is gone afterwards. */
export async function withFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ergodic-report-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Runs a small ensemble, does `work` with its directory, and removes it. A `strategy` is the source of a strategy file. */
export function withRun<T>(
  changes: Record<string, unknown>,
  strategy: string | undefined,
  work: (run: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (dir) => {
    const config: Record<string, unknown> = { ...CONFIG, ...changes };
    if (strategy !== undefined) {
      const file = path.join(dir, 'strategy.ts');
      await writeFile(file, strategy);
      config.strategy = { use: file };
    }
    const run = path.join(dir, 'run');
    await runEnsemble(config, { dir: run, workers: 1 });
    return work(run);
  });
}

/** Runs a small ensemble and returns the text of its report. */
export function reportOf(changes: Record<string, unknown>, strategy?: string): Promise<string> {
  return withRun(changes, strategy, pageOf);
}

/** Writes a report that knows no trials but those of the run's own folder. */
export function reportFiles(run: string, options: ReportOptions = {}): Promise<ReportJson> {
  return writeReport(run, { runsDir: path.dirname(run), ...options });
}

export async function pageOf(run: string): Promise<string> {
  return readFile((await reportFiles(run)).report, 'utf8');
}

export function summaryOf(run: string): Summary {
  return readManifest(run).summary!;
}

/** Makes the manifest that of a version which did not store these columns. */
export async function forgetColumns(run: string, columns: RegExp): Promise<void> {
  const manifest = readManifest(run);
  const fields = manifest.layout.fields.filter((field) => !columns.test(field));
  const kept = Object.entries(manifest.summary!.metrics).filter(([name]) => !columns.test(name));
  const summary = { ...manifest.summary!, metrics: Object.fromEntries(kept) };
  const text = JSON.stringify({ ...manifest, summary, layout: { ...manifest.layout, fields } });
  await writeFile(path.join(run, 'run.json'), text);
}
