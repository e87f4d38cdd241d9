import { type Config, ConfigError, marketNotices } from '@ergodic/core';
import { batchSize } from '../batches.ts';
import { candleNotices } from '../candles/notices.ts';
import { RunError } from '../errors.ts';
import { type LoadedCandles, loadCandles } from '../inputs.ts';
import { marketKey } from '../market-key.ts';
import type { PoolOptions } from '../pool.ts';
import { seriesOf } from '../prepare.ts';
import { probeEach, type SimulationLayout } from '../probe.ts';
import type { InputFile } from '../store/manifest.ts';
import type { RunSpec, TrialSpec } from '../task.ts';
import { TrialFiles } from './files.ts';

/** A candidate whose simulation can be built. */
export interface AdmittedTrial {
  readonly spec: TrialSpec;
  readonly layout: SimulationLayout;
  /** Trials with the same one run on the same price paths. */
  readonly marketKey: string;
  /** Episodes of a batch: those of an ensemble of this config. */
  readonly batchSize: number;
}

/** Makes trials of configs that share their markets. Files that they name are copied into the directory. */
export class TrialBench {
  /** Remarks on files and markets, one line each. */
  readonly notices: readonly string[];
  private readonly base: Config;
  private readonly candles: readonly LoadedCandles[];
  private readonly files: TrialFiles;
  private readonly candleInputs: readonly InputFile[];

  /**
   * Reads the candles of `base`. `before`: the inputs of a sweep that goes on. Throws ConfigError, CandleError, RunError
   * `INPUT_CHANGED`.
   */
  constructor(base: Config, dir: string, before: readonly InputFile[] = []) {
    this.base = base;
    this.candles = loadCandles(base);
    this.candleInputs = this.candles.map(({ symbol, path, sha256 }) => ({
      role: 'candles',
      name: symbol,
      path,
      sha256,
    }));
    for (const { name, path, sha256 } of this.candleInputs) {
      const found = before.find((input) => input.role === 'candles' && input.name === name);
      if (found === undefined || found.sha256 === sha256) continue;
      const rule = `must be as it was when the sweep was made (sha256 ${found.sha256}), got ${sha256}`;
      throw new RunError('INPUT_CHANGED', `${path}: ${rule}; restore it, or make a new sweep`);
    }
    this.files = new TrialFiles(dir, before);
    this.notices = [...candleNotices(this.candles), ...marketNotices(base.markets)];
  }

  /** The files that the trials depend on so far. */
  get inputs(): InputFile[] {
    return [...this.candleInputs, ...this.files.inputs];
  }

  /** What threads are started with. */
  get threads(): { readonly spec: Omit<RunSpec, 'progress'>; readonly limits: Omit<PoolOptions, 'workers'> } {
    const { base } = this;
    const { heapMb, memoryMb, stallSeconds } = base.limits;
    return {
      spec: {
        config: base,
        bundles: [],
        candles: seriesOf(this.candles),
        policy: undefined,
        fanSteps: [],
        points: undefined,
      },
      limits: { heapMb, memoryMb, stallMs: stallSeconds * 1_000 },
    };
  }

  /** Builds each config's simulation once; gives the ConfigError of one that cannot be built. Numbers of trials count from `first`. */
  async admit(configs: readonly Config[], first: number): Promise<(AdmittedTrial | ConfigError)[]> {
    const specs: (TrialSpec | ConfigError)[] = [];
    for (const [i, config] of configs.entries()) {
      try {
        specs.push({ trial: first + i, config, ...(await this.files.take(config)) });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        specs.push(error);
      }
    }
    const candles = seriesOf(this.candles);
    const whole = specs.filter((spec): spec is TrialSpec => !(spec instanceof ConfigError));
    const probed = whole.length === 0 ? [] : await probeEach(whole.map((spec) => ({ ...spec, candles })));
    const answers = new Map(whole.map((spec, i) => [spec, probed[i]!]));
    return specs.map((spec) => {
      if (spec instanceof ConfigError) return spec;
      const answer = answers.get(spec)!;
      if (answer instanceof ConfigError) return answer;
      const { layout } = answer;
      const { config, policy } = spec;
      const size = batchSize(layout.steps, layout.symbols.length, config.record, policy?.rows);
      return { spec, layout, marketKey: marketKey(config, this.candles), batchSize: size };
    });
  }
}
