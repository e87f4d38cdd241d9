import { readText } from './dashboards.ts';

/** The names of a measurement: exact ones, and beginnings such as `price_` of names that depend on the run. */
interface Measurement {
  readonly names: ReadonlySet<string>;
  readonly beginnings: readonly string[];
}

/** The tables of docs/influxdb.md; `episodes` also has the columns of the episode record. */
export function readSchema(): Map<string, Measurement> {
  const rows = [...readText('docs', 'influxdb.md').matchAll(/^\| `(\w+)` +\|([^|]*)\|[^|]*\|(.*)\|$/gm)];
  return new Map(
    rows.map(([, measurement, tags, fields]) => {
      const record = measurement === 'episodes' ? episodeColumns() : '';
      return [measurement!, measurementOf(`${tags} ${fields} ${record}`)];
    }),
  );
}

function episodeColumns(): string {
  const section = readText('docs', 'tables.md').split('### episodes')[1]!.split('###')[0]!;
  return [...section.matchAll(/^\| (`[^|]+`)/gm)].map(([, name]) => name).join(' ');
}

/** Texts in brackets are examples of values, not names; `x_q05` stands for the five quantiles. */
function measurementOf(text: string): Measurement {
  const tokens = [...text.replace(/\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
  const names = tokens.flatMap((name) =>
    name.endsWith('_q05') ? ['05', '25', '50', '75', '95'].map((q) => name.replace(/05$/, q)) : [name],
  );
  return {
    names: new Set(['run', ...names.filter((name) => !name.includes('<'))]),
    beginnings: names.filter((name) => name.includes('<')).map((name) => name.slice(0, name.indexOf('<'))),
  };
}

/** What of an InfluxQL query is not in the schema: measurements, and names of fields and tags. */
export function unknownNames(query: string, schema: ReadonlyMap<string, Measurement>): string[] {
  const aliases = new Set([...query.matchAll(/ AS "([^"]+)"/g)].map(([, name]) => name!));
  const sources = [...query.matchAll(/ FROM ("\w+"(?:, "\w+")*)/g)].flatMap(([, list]) => list!.match(/\w+/g)!);
  const used = query.replace(/ AS "[^"]+"/g, '').replace(/ FROM ("\w+"(?:, "\w+")*)/g, '');
  const names = [...used.matchAll(/"([^"]+)"/g)].map(([, name]) => name!).filter((name) => !aliases.has(name));
  const beginnings = [...used.matchAll(/\/\^(\w+_)/g)].map(([, name]) => name!);
  if (sources.length === 0) return [`no measurement in: ${query}`];
  return sources.flatMap((source) => {
    const measurement = schema.get(source);
    if (measurement === undefined) return [source];
    const missing = names.filter((name) => !measurement.names.has(name));
    return [...missing, ...beginnings.filter((name) => !measurement.beginnings.includes(name))];
  });
}
