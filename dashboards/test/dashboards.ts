import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
export const FOLDER: string = path.join(ROOT, 'dashboards');
export const PROVISIONING: string = path.join(FOLDER, 'provisioning');

export interface Target {
  readonly refId: string;
  readonly query: string;
  readonly resultFormat: 'table' | 'time_series';
  readonly rawQuery: boolean;
  readonly datasource: { readonly uid: string };
}

export interface FieldDefaults {
  readonly unit?: string;
  readonly noValue?: string;
  readonly mappings?: readonly unknown[];
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: FieldDefaults;
    readonly overrides: readonly { readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[];
  };
}

export interface Variable {
  readonly name: string;
  readonly type: 'query' | 'custom';
  readonly query: string;
  readonly regex?: string;
  readonly current: { readonly value?: string | readonly string[] };
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly links: readonly { readonly url: string }[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export const dashboards: readonly Dashboard[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')));

export function readText(...names: readonly string[]): string {
  return readFileSync(path.join(ROOT, ...names), 'utf8');
}

/** Every query of a dashboard: of its panels and of its variables. */
export function queriesOf({ panels, templating }: Dashboard): string[] {
  const variables = templating.list.filter(({ type }) => type === 'query').map(({ query }) => query);
  return [...panels.flatMap(({ targets }) => targets.map(({ query }) => query)), ...variables];
}

/** Replaces `$name`, `${name}` and `${name:format}`; unknown names stay, for Grafana's server knows some of them. */
export function withVariables(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\{(\w+)(?::(\w+))?\}|(\w+))/g, (whole, braced, format, plain) => {
    const value = values.get(braced ?? plain);
    if (value === undefined) return whole;
    return format === 'regex' ? value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&') : value;
  });
}
