import type { OutputProgress, Progress } from '@ergodic/workers';
import cliProgress from 'cli-progress';
import { count, duration, figure, percent } from './format.ts';
import { notice } from './output.ts';

const LINE_MS = 5_000;
const STARTING = 'the workers start …';

export interface ProgressView {
  update(progress: Progress): void;
  /** Only the outputs are still at work. */
  deliver(outputs: readonly OutputProgress[]): void;
  /** Prints a remark above the view. */
  say(text: string): void;
  /** Ends the view; what is printed next starts on a line of its own. */
  stop(): void;
}

/**
 * A bar on a terminal, else a line every five seconds; both on standard error. `isOpen`: so many are requested for now, and a check says
 * whether that is all.
 */
export function createProgress(requested: number, isOpen = false): ProgressView {
  return process.stderr.isTTY === true ? new Bar(requested) : new Lines(isOpen);
}

class Bar implements ProgressView {
  private readonly bar: cliProgress.SingleBar;
  private episodes = 0;
  private text = STARTING;
  private isStopped = false;

  constructor(requested: number) {
    this.bar = new cliProgress.SingleBar({
      stream: process.stderr,
      format: '{bar} {percentage}%  {text}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 16,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      // Signals are the run's business.
      gracefulExit: false,
    });
    this.bar.start(requested, this.episodes, { text: this.text });
  }

  update(progress: Progress): void {
    if (this.isStopped) return;
    this.episodes = progress.episodes;
    this.text = describe(progress);
    this.bar.setTotal(progress.requested);
    this.bar.update(this.episodes, { text: this.text });
  }

  deliver(outputs: readonly OutputProgress[]): void {
    if (this.isStopped) return;
    const produced = outputs.reduce((sum, output) => sum + output.produced, 0);
    const waiting = outputs.reduce((sum, { spooled }) => sum + spooled, 0);
    this.bar.setTotal(produced);
    this.bar.update(produced - waiting, { text: outputs.flatMap(describeOutput).join('  ') });
  }

  say(text: string): void {
    if (!this.isStopped) this.bar.stop();
    notice(text);
    if (!this.isStopped) this.bar.start(this.bar.getTotal(), this.episodes, { text: this.text });
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.bar.stop();
  }
}

class Lines implements ProgressView {
  private printedAt = performance.now();
  private printed = -1;
  private readonly isOpen: boolean;

  constructor(isOpen: boolean) {
    this.isOpen = isOpen;
  }

  update(progress: Progress): void {
    const now = performance.now();
    const isEnd = !this.isOpen && progress.episodes === progress.requested;
    if (isEnd && this.printed === progress.requested) {
      this.deliver(progress.outputs);
      return;
    }
    if (now - this.printedAt < LINE_MS && !isEnd) return;
    this.printedAt = now;
    this.printed = progress.episodes;
    const share = `${Math.floor((100 * progress.episodes) / progress.requested)} %`;
    notice(`${share.padStart(5)}  ${describe(progress)}`);
  }

  deliver(outputs: readonly OutputProgress[]): void {
    const now = performance.now();
    if (now - this.printedAt < LINE_MS) return;
    this.printedAt = now;
    notice(outputs.flatMap(describeOutput).join('  '));
  }

  say(text: string): void {
    notice(text);
  }

  stop(): void {}
}

/** What waits for an output, and why. */
function describeOutput({ output, spooled, status, reason }: OutputProgress): string[] {
  if (spooled === 0) return [];
  const why = status === 'retrying' || status === 'blocked' ? ` (${reason.slice(0, 40)})` : '';
  return [`${output}: ${count(spooled)} points wait${why}`];
}

function describe(progress: Progress): string {
  const { episodes, requested, episodesHere, seconds, meanReturn, meanReward, failed } = progress;
  if (episodesHere === 0) return STARTING;
  const rate = seconds > 0 ? episodesHere / seconds : 0;
  const left = requested - episodes;
  const parts = [`${count(episodes)}/${count(requested)}`, `${rate >= 10 ? count(rate) : rate.toFixed(1)}/s`];
  if (progress.isPaused) parts.push('paused: the spool is full');
  else if (left > 0 && rate > 0) parts.push(`ETA ${duration(left / rate)}`);
  if (!Number.isNaN(meanReturn)) parts.push(`return ${percent(meanReturn)}`, `reward ${figure(meanReward)}`);
  if (failed > 0) parts.push(`failed ${count(failed)}`);
  // While episodes run, a short backlog is nothing to speak of.
  const backlog = progress.outputs.filter(({ status }) => left === 0 || status === 'retrying' || status === 'blocked');
  parts.push(...backlog.flatMap(describeOutput));
  return parts.join('  ');
}
