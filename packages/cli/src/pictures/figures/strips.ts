import type { FactComparison } from '@ergodic/calibration';
import { dot, type PlotOptions, ruleX, ruleY, tickX } from '@observablehq/plot';
import { ACCENT, INK, type Panel } from '../../report/figures/figure.ts';

/** In half widths of the simulated band; what lies farther out is drawn at the edge. */
const EDGE = 4;
const ALARM = 'var(--alarm)';

interface Strip {
  readonly label: string;
  readonly real: number;
  readonly low: number;
  readonly high: number;
  readonly isOutside: boolean;
  readonly isBeyond: boolean;
}

/** Facts that can be drawn: those that history and paths have. */
export function strips(alt: string, facts: readonly FactComparison[]): Panel {
  const rows = facts.flatMap((one) => stripOf(one) ?? []);
  return { alt, options: (width) => options(width, rows) };
}

function stripOf({ fact, real, interval, simulated, verdict }: FactComparison): Strip | undefined {
  const { q025, q50, q975 } = simulated;
  if (real === null || q025 === null || q50 === null || q975 === null || !(q975 > q025)) return undefined;
  // Each half of a band is as wide as the other on the page, however skewed it is.
  const place = (value: number): number => {
    const half = value >= q50 ? q975 - q50 : q50 - q025;
    return half > 0 ? (value - q50) / half : Math.sign(value - q50) * EDGE;
  };
  const clipped = (value: number): number => Math.max(-EDGE, Math.min(EDGE, place(value)));
  const [low, high] = interval ?? [real, real];
  return {
    label: fact.label,
    real: clipped(real),
    low: clipped(low),
    high: clipped(high),
    isOutside: verdict !== 'agrees',
    isBeyond: Math.abs(place(real)) > EDGE,
  };
}

function options(width: number, rows: readonly Strip[]): PlotOptions {
  const isWide = width > 500;
  const place = { x: 'real', y: 'label' } as const;
  const color = ({ isOutside }: Strip): string => (isOutside ? ALARM : INK);
  return {
    height: 22 * rows.length + 54,
    marginLeft: isWide ? 252 : 172,
    marginRight: 16,
    marginTop: 4,
    marginBottom: 42,
    style: isWide ? {} : { fontSize: '10px' },
    x: {
      domain: [-EDGE - 0.2, EDGE + 0.2],
      label: isWide ? 'half widths of the simulated band' : 'half widths of the band',
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: [-4, -2, -1, 0, 1, 2, 4],
      tickFormat: (x: number) =>
        Math.abs(x) === EDGE ? `${x < 0 ? '≤ −' : '≥ '}${EDGE}` : String(x).replace('-', '−'),
      tickSize: 4,
    },
    y: { domain: rows.map(({ label }) => label), label: null, tickSize: 0 },
    marks: [
      ruleX([-1, 1], { stroke: ACCENT, strokeOpacity: 0.35 }),
      ruleY(rows, { x1: -1, x2: 1, y: 'label', stroke: ACCENT, strokeOpacity: 0.25, strokeWidth: 10 }),
      tickX(rows, { x: 0, y: 'label', stroke: ACCENT, strokeWidth: 2, insetTop: 5, insetBottom: 5 }),
      ruleY(rows, { x1: 'low', x2: 'high', y: 'label', stroke: color, strokeWidth: 1.2 }),
      dot(
        rows.filter(({ isBeyond }) => !isBeyond),
        { ...place, r: 4, fill: color },
      ),
      dot(
        rows.filter(({ isBeyond }) => isBeyond),
        { ...place, r: 4.5, symbol: 'triangle', rotate: ({ real }: Strip) => (real > 0 ? 90 : -90), fill: color },
      ),
    ],
  };
}
