import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@ergodic/core';
import { RunError } from '../errors.ts';
import { type Bundle, bundleName, bundleParts } from '../inputs.ts';
import { POLICY_ROWS } from '../policies/model.ts';
import { modelName, onnxSettings, type PolicyFile, readPolicy } from '../policies/settings.ts';
import { writeInput } from '../prepare.ts';
import type { InputFile } from '../store/manifest.ts';
import type { TrialSpec } from '../task.ts';
import { policyBundles } from '../training/policy-file.ts';

/** The code and models that the candidates of a sweep name: each is taken over once, however many name it. */
export class TrialFiles {
  /** What was taken over, in the order in which it was first named. */
  readonly inputs: InputFile[] = [];
  private readonly dir: string;
  private readonly before: readonly InputFile[];
  private readonly bundles = new Map<string, Promise<Bundle[]>>();
  private readonly policies = new Map<string, PolicyFile | undefined>();

  /** `before`: the files as they were when the directory was made; one that changed since is an error. */
  constructor(dir: string, before: readonly InputFile[]) {
    this.dir = dir;
    this.before = before;
  }

  /** Throws ConfigError, or RunError `BUNDLE_FAILED`, `ONNXRUNTIME_MISSING`, `INPUT_CHANGED`. */
  async take(config: Config): Promise<Pick<TrialSpec, 'bundles' | 'policy'>> {
    const bundles = await this.bundlesOf(config);
    for (const bundle of bundles) {
      const { role, use: name, path, sha256, text } = bundle;
      this.keep({ role, name, path, sha256, bundle: bundleName(bundle) }, text);
    }
    const policy = this.policyOf(config);
    if (policy !== undefined) {
      const { file, sha256, bytes } = policy;
      this.keep({ role: 'model', name: file, path: file, sha256, bundle: modelName(policy) }, bytes);
    }
    return {
      bundles: bundles.map((bundle) => ({
        role: bundle.role,
        use: bundle.use,
        path: join(this.dir, bundleName(bundle)),
      })),
      policy:
        policy === undefined
          ? undefined
          : {
              model: join(this.dir, modelName(policy)),
              runtime: policy.runtime.path,
              deterministic: onnxSettings(config)!.deterministic,
              rows: POLICY_ROWS,
            },
    };
  }

  private async bundlesOf(config: Config): Promise<Bundle[]> {
    const { strategy, components, rewards, environment } = config;
    const named = [[strategy], components, rewards, environment?.observations ?? []];
    const key = JSON.stringify(named.map((parts) => parts.map(({ use }) => use)));
    if (!this.bundles.has(key)) this.bundles.set(key, bundleParts(config));
    const policies = policyBundles(config);
    return [...(await this.bundles.get(key)!), ...policies];
  }

  private policyOf(config: Config): PolicyFile | undefined {
    const { use, file } = config.strategy;
    if (use !== 'policy') return undefined;
    const key = String(file);
    if (!this.policies.has(key)) this.policies.set(key, readPolicy(config));
    return this.policies.get(key);
  }

  private keep(input: InputFile & { readonly bundle: string }, content: string | Uint8Array): void {
    const isSame = (other: InputFile): boolean => other.role === input.role && other.path === input.path;
    if (this.inputs.some((other) => isSame(other) && other.sha256 === input.sha256)) return;
    const before = this.before.find(isSame);
    if (before !== undefined && before.sha256 !== input.sha256) {
      const rule = `must be as it was when the sweep was made (sha256 ${before.sha256}), got ${input.sha256}`;
      throw new RunError('INPUT_CHANGED', `${input.path}: ${rule}; restore it, or make a new sweep`);
    }
    this.inputs.push(input);
    mkdirSync(join(this.dir, 'inputs'), { recursive: true });
    if (!existsSync(join(this.dir, input.bundle))) writeInput(this.dir, input.bundle, content);
  }
}
