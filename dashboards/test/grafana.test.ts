import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startGrafana, startInflux } from '../../packages/workers/test/influx/servers.ts';
import {
  type Dashboard,
  dashboards,
  FOLDER,
  type Panel,
  PROVISIONING,
  queriesOf,
  ROOT,
  readText,
  type Target,
  type Variable,
  withVariables,
} from './dashboards.ts';
import { readSchema, unknownNames } from './schema.ts';

interface AlertRule {
  readonly uid: string;
  readonly title: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: readonly { readonly datasourceUid: string; readonly model: { readonly query?: string } }[];
}

const alertRules: readonly AlertRule[] = parse(readFileSync(path.join(PROVISIONING, 'alerting/ergodic.yaml'), 'utf8'))
  .groups[0].rules;
const dataSource: { uid: string } = parse(readFileSync(path.join(PROVISIONING, 'datasources/influxdb.yaml'), 'utf8'))
  .datasources[0];
const environmentOf = (text: string): Set<string> => new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!));

describe.each(dashboards)('dashboard $uid', (dashboard) => {
  const { panels } = dashboard;

  test('panels have ids of their own and do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  test.each(panels)('panel $title says what it shows, in which unit, and what its absence means', (panel) => {
    expect(panel.title).not.toBe('');
    expect(panel.description).toMatch(/\.$/);
    expect(panel.fieldConfig.defaults.noValue).toBeDefined();
    expect(hasUnit(panel)).toBe(true);
    expect(panel.targets.length).toBeGreaterThan(0);
    for (const { datasource } of [panel, ...panel.targets]) expect(datasource.uid).toBe(dataSource.uid);
    for (const { rawQuery } of panel.targets) expect(rawQuery).toBe(true);
  });

  test('queries name measurements, fields and tags of the schema', () => {
    const schema = readSchema();
    expect(queriesOf(dashboard).flatMap((query) => unknownNames(query, schema))).toEqual([]);
  });

  test('queries of results are bounded by the run, those over time by the time range', () => {
    // The list of runs is of all of them.
    const lists = dashboard.templating.list.filter(({ name }) => name === 'run').map(({ query }) => query);
    for (const query of queriesOf(dashboard).filter((query) => !lists.includes(query))) {
      if (/ FROM "(episodes|streams|equity|rewards|fills|rejects|fan|distribution)"/.test(query)) {
        expect(query).toMatch(/"run" = '\$run/);
        expect(query).not.toContain('$timeFilter');
      }
      if (query.includes('$__interval')) expect(query).toContain('$timeFilter');
    }
  });

  test('links lead to dashboards and variables that exist', () => {
    const text = JSON.stringify(dashboard);
    const links = [...text.matchAll(/\/d\/([\w-]+)\?([^"]*)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [, uid, query] of links) {
      const names = dashboards.find((other) => other.uid === uid)?.templating.list.map(({ name }) => name);
      for (const [, name] of query!.matchAll(/var-(\w+)=/g)) expect(names).toContain(name);
    }
  });
});

/** Tables have units by column; a panel of texts has mappings or no numbers at all. */
function hasUnit({ type, fieldConfig: { defaults, overrides } }: Panel): boolean {
  if (defaults.unit !== undefined || (defaults.mappings ?? []).length > 0 || type === 'state-timeline') return true;
  return overrides.some(({ properties }) => properties.some(({ id }) => id === 'unit'));
}

describe('alert rules', () => {
  test('name measurements, fields and dashboards that exist, and the run in their summary', () => {
    const schema = readSchema();
    for (const { annotations, data } of alertRules) {
      expect(data.flatMap(({ model: { query } }) => (query ? unknownNames(query, schema) : []))).toEqual([]);
      expect(data.map(({ datasourceUid }) => datasourceUid).filter((uid) => uid !== '__expr__')).toContain(
        dataSource.uid,
      );
      expect(annotations.summary).toContain('$labels.run');
      const [, uid] = /^\/d\/([\w-]+)\?var-run=/.exec(annotations.dashboard!)!;
      expect(dashboards.map((dashboard) => dashboard.uid)).toContain(uid);
    }
  });
});

describe('docker-compose.yml and .env.example', () => {
  const text = readText('docker-compose.yml');
  const { services } = parse(text) as {
    services: Record<string, { image: string; ports: string[]; environment: Record<string, string> }>;
  };
  const example = new Map(
    readText('.env.example')
      .match(/^\w+=.*$/gm)!
      .map((line) => line.split('=') as [string, string]),
  );

  test('agree on the variables; the address that ergodic uses has the published port', () => {
    expect(example.get('INFLUX_URL')).toBe(`http://127.0.0.1:\${INFLUX_PORT}`);
    expect([...environmentOf(text), 'INFLUX_URL'].sort()).toEqual([...example.keys()].sort());
  });

  test('every value is required, and no secret has a default', () => {
    expect(text).not.toMatch(/\$\{\w+(\}|:?-)/);
    for (const name of ['INFLUX_TOKEN', 'ADMIN_PASSWORD']) expect(example.get(name)).toBe('');
  });

  test('images are pinned and ports are those of this machine alone', () => {
    for (const { image, ports } of Object.values(services)) {
      expect(image).toMatch(/:\d+\.\d+\.\d+$/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  test('give Grafana what its provisioned files ask for', () => {
    const files = ['datasources/influxdb.yaml', 'dashboards/ergodic.yaml'];
    const asked = files.flatMap((file) => [...environmentOf(readFileSync(path.join(PROVISIONING, file), 'utf8'))]);
    for (const name of asked) expect(services.grafana!.environment).toHaveProperty(name);
  });
});

const influx = await startInflux();
const skipped = 'skipped' in influx ? influx.skipped : undefined;
if (skipped !== undefined) console.warn(`SKIPPED dashboards with Grafana: ${skipped}`);

/** Trades two symbols with leverage: some episodes fail, most are ruined, some orders are refused. */
const STRATEGY = `export default {
  name: 'reckless',
  parameters: {},
  create: () => ({
    onMarket(market, context) {
      if (market.step === 3 && Math.floor(market.price * 1e6) % 11 === 0) throw new Error('lost its nerve');
      if (market.step % 20 === 1) context.signal('LONG');
      if (market.step % 20 === 11) context.signal('FLAT');
      if (market.step % 40 === 15) context.order('sell', 1);
      for (let i = 0, x = 1; i < 4000; i++) x = Math.sqrt(x + i);
    },
  }),
};
`;

/** Some seconds of work, so that there is telemetry over time. */
const CONFIG = {
  seed: 'dashboards',
  episodes: 300,
  steps: 400,
  markets: {
    'BTC/USDT': { process: 'gbm', price: 30_000, volatility: 2.5 },
    'ETH/USDT': { process: 'gbm', price: 2_000, volatility: 2.5 },
  },
  strategy: { use: './reckless.mjs' },
  portfolio: { ruin: 0.6, sizing: { targetWeight: 1.4 }, risk: { maxLeverage: 4 } },
  execution: { fees: { taker: 0.001 }, slippage: { bps: 5 } },
  rewards: [{ use: 'log-return' }, { use: 'drawdown' }],
  record: { episodes: 4 },
};

/** Learns for some iterations; some of its episodes are ruined. */
const TRAINING = {
  seed: 'dashboards',
  steps: 200,
  markets: { 'BTC/USDT': { process: 'exp-ou', price: 100, longRunMean: 100, meanReversionSpeed: 500, volatility: 2 } },
  environment: { observations: [{ use: 'prediction' }, { use: 'position' }] },
  training: { iterations: 12, episodes: 25, evaluationEpisodes: 0 },
  portfolio: { ruin: 0.8 },
  rewards: [{ use: 'log-return' }, { use: 'drawdown', scale: 0.01 }],
};

describe.skipIf(skipped !== undefined)('in Grafana, with a run that was just made', () => {
  const server = influx as Exclude<typeof influx, { skipped: string }>;
  const home = mkdtempSync(path.join(tmpdir(), 'ergodic-dashboards-'));
  let grafana: { readonly url: string; stop(): Promise<void> };
  let run: string;
  let training: string;

  beforeAll(async () => {
    writeFileSync(path.join(home, 'reckless.mjs'), STRATEGY);
    [grafana, run] = await Promise.all([openGrafana(), makeRun('run', CONFIG)]);
    training = await makeRun('train', TRAINING);
  });

  afterAll(async () => {
    await grafana?.stop();
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** The dashboards lie in the provisioned folder, which is the one folder that a container sees too. */
  async function openGrafana(): Promise<typeof grafana> {
    const folder = path.join(home, 'provisioning');
    cpSync(PROVISIONING, folder, { recursive: true });
    cpSync(FOLDER, path.join(folder, 'json'), {
      recursive: true,
      filter: (name) => !/provisioning|test/.test(path.relative(FOLDER, name)),
    });
    const provider = path.join(folder, 'dashboards/ergodic.yaml');
    const text = readFileSync(provider, 'utf8');
    expect(text).toContain(`\${ERGODIC_DASHBOARDS}`);
    writeFileSync(provider, text.replace(`\${ERGODIC_DASHBOARDS}`, `\${GF_PATHS_PROVISIONING}/json`));
    const { url, bucket, token } = server;
    const started = await startGrafana(folder, { INFLUX_URL: url, INFLUX_BUCKET: bucket, INFLUX_TOKEN: token });
    if ('skipped' in started) throw new Error(`InfluxDB started, Grafana did not: ${started.skipped}`);
    return started;
  }

  /** Runs a verb with a config; the id of its points. */
  async function makeRun(verb: 'run' | 'train', config: object): Promise<string> {
    const { url, org, bucket, token } = server;
    const outputs = { influx: { url, org, bucket, token: `\${INFLUX_TOKEN}` } };
    writeFileSync(path.join(home, `${verb}.json`), JSON.stringify({ ...config, outputs }));
    const main = path.join(ROOT, 'packages/cli/bin/ergodic.js');
    const child = spawn(process.execPath, [main, verb, `${verb}.json`, '--out', verb, '--allow-failed', 'all'], {
      cwd: home,
      env: { ...process.env, INFLUX_TOKEN: token },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    expect(code, said).toBe(0);
    return JSON.parse(readFileSync(path.join(home, verb, 'run.json'), 'utf8')).streamId;
  }

  async function get<T>(address: string): Promise<T> {
    const response = await fetch(grafana.url + address);
    expect(response.status, address).toBe(200);
    return (await response.json()) as T;
  }

  /** The columns of each frame that a query gives; an error of the query is thrown. */
  async function ask(query: string, resultFormat: Target['resultFormat']): Promise<unknown[][][]> {
    const target = { refId: 'A', datasource: { uid: dataSource.uid }, rawQuery: true, query, resultFormat };
    const body = JSON.stringify({
      queries: [{ ...target, intervalMs: 1_000, maxDataPoints: 1_000 }],
      from: 'now-15m',
      to: 'now',
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${grafana.url}/api/ds/query`, { method: 'POST', headers, body });
    const { results } = (await response.json()) as {
      results: { A: { error?: string; frames?: { data: { values: unknown[][] } }[] } };
    };
    const { error, frames } = results.A;
    if (error !== undefined) throw new Error(`${error}: ${query}`);
    return (frames ?? []).map(({ data }) => data.values);
  }

  /** What Grafana would choose for the variables: of a list its first value, for a run the one that was made. */
  async function valuesOf({ uid, templating }: Dashboard): Promise<Map<string, string>> {
    const values = new Map<string, string>();
    const made = uid === 'ergodic-training' ? training : run;
    for (const variable of templating.list) {
      values.set(variable.name, /^run[AB]?$/.test(variable.name) ? made : await firstValue(variable, values));
    }
    return values;
  }

  async function firstValue(
    { type, query, regex, current }: Variable,
    values: ReadonlyMap<string, string>,
  ): Promise<string> {
    if (type === 'custom') return String(current.value);
    const frames = await ask(withVariables(query, values), 'time_series');
    const first = String(frames[0]?.at(-1)?.[0] ?? '');
    if (!regex) return first;
    const match = new RegExp(regex.slice(1, -1)).exec(first);
    return match?.groups?.value ?? match?.[1] ?? '';
  }

  test('the five dashboards are there, and the data source answers', async () => {
    const found = await get<{ uid: string; folderTitle: string }[]>('/api/search?type=dash-db');
    expect(
      found
        .filter(({ folderTitle }) => folderTitle === 'ergodic')
        .map(({ uid }) => uid)
        .sort(),
    ).toEqual(['ergodic-compare', 'ergodic-ensemble', 'ergodic-episode', 'ergodic-training', 'ergodic-workers']);
    const { status, message } = await get<{ status: string; message: string }>(
      `/api/datasources/uid/${dataSource.uid}/health`,
    );
    expect(status, message).toBe('OK');
  });

  test('the alert rules are loaded, and their queries and expressions work', async () => {
    const rules = await get<AlertRule[]>('/api/v1/provisioning/alert-rules');
    expect(rules.map(({ uid }) => uid).sort()).toEqual(alertRules.map(({ uid }) => uid).sort());
    for (const { title, annotations, data } of rules) {
      expect(annotations.summary, title).toContain('$labels.run');
      const queries = data.map(({ model, ...rest }) => ({
        ...rest,
        ...model,
        datasource: { uid: rest.datasourceUid },
      }));
      const response = await fetch(`${grafana.url}/api/v1/eval`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ data, condition: (queries.at(-1) as unknown as { refId: string }).refId }),
      });
      const answer = await response.text();
      expect(response.status, `${title}: ${answer}`).toBe(200);
      expect(answer, title).not.toMatch(/"error"|failed to/i);
    }
  });

  test.each(dashboards)('every panel of $uid has data', async (dashboard) => {
    const values = await valuesOf(dashboard);
    for (const [name, value] of values) expect(value, `variable ${name}`).not.toBe('');
    for (const { title, targets } of dashboard.panels) {
      const rows = await Promise.all(targets.map((target) => countRows(target, values)));
      // Of the failure codes the run has one.
      const isGiven = title === 'Failures by code' ? rows.some((count) => count > 0) : rows.every((count) => count > 0);
      expect(isGiven, `${title}: rows by query ${rows}`).toBe(true);
    }
  });

  test('Training lists the training run alone, and a point of its charts is one iteration', async () => {
    const { panels, templating, ...rest } = dashboards.find(({ uid }) => uid === 'ergodic-training')!;
    const list = await ask(templating.list.find(({ name }) => name === 'run')!.query, 'table');
    const listed = list.flat(2).filter((value) => value === run || value === training);
    expect(listed).toEqual([training]);
    const values = await valuesOf({ panels, templating, ...rest });
    const [target] = panels.find(({ title }) => title === 'Total reward, by iteration')!.targets;
    // Some versions of Grafana answer with a frame for each column.
    const frames = await ask(withVariables(target!.query, values), 'table');
    expect(frames[0]![1]).toEqual(Array.from({ length: 12 }, (_, i) => i));
    for (const [i, mean] of frames.at(-1)!.at(-1)!.entries()) {
      const where = `"run" = '${training}' AND "trainingIteration" = ${i}`;
      const query = `SELECT mean("totalReward"), count("totalReward") FROM "episodes" WHERE ${where}`;
      const [exact, count] = (await ask(query, 'time_series')).map((frame) => frame.at(-1)![0] as number);
      expect(count).toBe(25);
      expect(mean).toBeCloseTo(exact!, 12);
    }
  });

  async function countRows({ query, resultFormat }: Target, values: ReadonlyMap<string, string>): Promise<number> {
    const frames = await ask(withVariables(query, values), resultFormat);
    return frames.filter((columns) => columns.slice(1).some((column) => column.some((value) => value !== null))).length;
  }
});
