import type { Layout, VolumeColumn } from './layout.ts';

/** Currencies in which prices are quoted far more often than bought. */
const QUOTE_CURRENCIES = new Set(
  'usd usdt usdc busd tusd usdp fdusd dai eur gbp jpy krw cny chf aud cad try brl rub inr uah ngn pln'.split(' '),
);

export interface VolumeChoice {
  /** Column of the volume in base units; undefined where the file has none. */
  readonly at: number | undefined;
  /** What a user should know of the choice. */
  readonly remark?: string;
}

/**
 * Which column has the volume in units of the base asset, and not in money: the symbol tells it, else the names, else the
 * order of two columns, of which vendors write the base asset's first. Undefined where nothing tells it.
 */
export function chooseVolume({ volumes, names }: Layout, symbol: string): VolumeChoice | undefined {
  if (volumes.length === 0) return { at: undefined };
  const nameOf = ({ at }: VolumeColumn): string => names[at] ?? 'volume';
  const others = volumes.filter((column) => !isQuote(column, symbol));
  if (volumes.length === 1) {
    if (others.length === 1) return { at: others[0]!.at };
    const rule = 'is in quote currency and not used: a volume is in units of the base asset';
    return { at: undefined, remark: `${nameOf(volumes[0]!)} ${rule}` };
  }
  const named = volumes
    .filter((column) => isBase(column, symbol))
    .sort((a, b) => assetOf(b).length - assetOf(a).length);
  const byOrder = volumes.length === 2 && others.length !== 1 ? volumes[0] : undefined;
  const chosen = named[0] ?? (others.length === 1 ? others[0] : byOrder);
  if (chosen === undefined) return undefined;
  const unused = volumes.filter((column) => column !== chosen).map(nameOf);
  return { at: chosen.at, remark: `volume is taken from ${nameOf(chosen)}, not from ${unused.join(' or ')}` };
}

function assetOf({ of }: VolumeColumn): string {
  return typeof of === 'object' ? of.asset : '';
}

function isBase(column: VolumeColumn, symbol: string): boolean {
  if (typeof column.of === 'string') return column.of === 'base';
  return column.of.asset === '' || begins(symbol, column.of.asset);
}

function isQuote(column: VolumeColumn, symbol: string): boolean {
  if (typeof column.of === 'string') return column.of === 'quote';
  const { asset } = column.of;
  if (asset === '' || begins(symbol, asset)) return false;
  return QUOTE_CURRENCIES.has(asset) || (symbol !== '' && symbol.toLowerCase().endsWith(asset));
}

/** `BTC/USD`, `btcusd` and Bitfinex's `tBTCUSD` begin with btc. */
function begins(symbol: string, asset: string): boolean {
  const plain = symbol.toLowerCase();
  return plain.startsWith(asset) || plain.startsWith(`t${asset}`);
}
