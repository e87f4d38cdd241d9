import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, RunError } from '../errors.ts';
import { lockRun } from '../lock.ts';
import { type Manifest, readManifest, writeManifest } from '../store/manifest.ts';
import { type PartInfo, readParts } from '../store/parts.ts';
import type { OutputAccount, OutputAccounts, Summary } from '../summary.ts';
import { extensionOf } from './encode.ts';
import { Journal } from './journal.ts';
import type { OutputFigures, OutputProgress } from './output.ts';
import { Outputs } from './outputs.ts';
import { pointsSpec } from './plan.ts';
import { finishResent, JOURNAL, REFUSED, readSpool, UNFINISHED } from './spool.ts';

const REPORT_MS = 200;
/** A server that takes nothing gets this long even where the end of a run does not wait: to deliver is what a flush is for. */
const LEAST_SECONDS = 10;

export interface FlushOptions {
  readonly onOutputs?: (outputs: readonly OutputProgress[]) => void;
  readonly onNotice?: (notice: string) => void;
  readonly signal?: AbortSignal;
  /** Send again what the server refused. */
  readonly refused?: boolean;
}

/** What the spools of a run hold that nothing works on. */
export interface Backlog {
  /** `damaged` segments are written anew by a resume. */
  readonly state: 'none' | 'waiting' | 'damaged';
  readonly accounts: OutputAccounts;
}

/** Looks into the spools of a run, and changes nothing. */
export function readBacklog(dir: string, manifest: Manifest): Backlog {
  const targets = pointsSpec(dir, manifest)?.targets ?? [];
  const parts = targets.length === 0 ? [] : readParts(dir);
  const contents = targets.map(({ output }) => ({ output, ...readSpool(dir, output, parts) }));
  const isDamaged = contents.some(({ damaged }) => damaged.length > 0);
  const isWaiting = contents.some(({ waiting }) => waiting.length > 0);
  const figures = contents.map(({ output, produced, acknowledged, refused, waiting }): OutputFigures => {
    const spooled = waiting.reduce((sum, { lines, isTelemetry }) => sum + (isTelemetry ? 0 : lines), 0);
    return { output, produced, acknowledged, refused, spooled, missing: produced - acknowledged - refused - spooled };
  });
  return { state: isDamaged ? 'damaged' : isWaiting ? 'waiting' : 'none', accounts: accountOf(figures, 0) };
}

/**
 * Delivers what waits in the spools of a run that nothing works on, and gives the account; empty where the run has no outputs.
 * Throws RunError: `RUN_LOCKED`, or `OUTPUT_SETTINGS_INVALID` where settings do not resolve.
 */
export async function flushOutputs(dir: string, options: FlushOptions = {}): Promise<OutputAccounts> {
  const manifest = readManifest(dir);
  if (pointsSpec(dir, manifest) === undefined) return {};
  const unlock = lockRun(dir);
  try {
    return await flush(dir, manifest, options);
  } finally {
    unlock();
  }
}

/** As `flushOutputs`, for a run that is completed; resolves with its summary. */
export async function deliverBacklog(dir: string, options: FlushOptions): Promise<Summary> {
  const outputs = await flushOutputs(dir, options);
  return { ...readManifest(dir).summary!, dir, outputs };
}

async function flush(dir: string, manifest: Manifest, options: FlushOptions): Promise<OutputAccounts> {
  const parts = readParts(dir);
  if (options.refused === true) queueRefused(dir, manifest, parts);
  const outputs = Outputs.open(dir, manifest, parts, (notice) => options.onNotice?.(notice))!;
  const timer = setInterval(() => options.onOutputs?.(outputs.progress()), REPORT_MS);
  const startedAt = performance.now();
  try {
    await outputs.drain(() => options.signal?.aborted === true, LEAST_SECONDS);
  } finally {
    clearInterval(timer);
  }
  const account = accountOf(await outputs.close(), (performance.now() - startedAt) / 1_000);
  if (manifest.summary !== undefined) {
    manifest.summary = { ...manifest.summary, outputs: account };
    writeManifest(dir, manifest);
  }
  return account;
}

/** Figures of each output, as a summary has them. */
export function accountOf(figures: readonly OutputFigures[], drainSeconds: number): Record<string, OutputAccount> {
  return Object.fromEntries(figures.map(({ output, ...counts }) => [output, { ...counts, drainSeconds }]));
}

/** Refused lines become a segment again: refused no longer, and to be delivered. */
function queueRefused(dir: string, manifest: Manifest, parts: readonly PartInfo[]): void {
  for (const target of pointsSpec(dir, manifest)!.targets) {
    const { refused } = readSpool(dir, target.output, parts, true);
    const path = join(target.dir, REFUSED);
    if (!existsSync(path)) continue;
    // A crash may have written a line twice; which the journal counts once.
    const lines = new Set(
      readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((text) => lineOf(text)),
    );
    if (lines.size === 0 || refused === 0) continue;
    const name = `resent-${Date.now()}.${extensionOf(target.format)}`;
    const unfinished = join(target.dir, `${name}${UNFINISHED}`);
    try {
      writeFileSync(unfinished, [...lines].map((line) => `${line}\n`).join(''));
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw new RunError('DISK_FULL', `${unfinished}: cannot be written: ${messageOf(error)}; make room and try again`);
    }
    const journal = new Journal(join(target.dir, JOURNAL));
    journal.add({ segment: name, offset: 0, acknowledged: 0, refused: -lines.size, done: false });
    journal.close();
    finishResent(target.dir);
  }
}

function lineOf(text: string): string[] {
  try {
    const { line, isTelemetry = false } = JSON.parse(text) as { line?: unknown; isTelemetry?: unknown };
    return typeof line === 'string' && isTelemetry === false ? [line] : [];
  } catch {
    return [];
  }
}
