import { areaY, dot, lineY, type PlotOptions, ruleX, ruleY } from '@observablehq/plot';
import type { Dependence, DrawBin } from '../data/dependence.ts';
import { number, percent, percentTick } from '../format.ts';
import { ACCENT, INK, type Panel } from './figure.ts';

/** Median and middle half of the total return by one drawn value. `range` is that of all such panels, so that they compare. */
export function dependencePanel(dependence: Dependence, range: readonly [number, number]): Panel {
  const { name, bins, choices } = dependence;
  const ends = [bins[0]!, bins.at(-1)!].map(
    (bin) => `${percent(bin.q50)} at ${choices?.[bin.value] ?? number(bin.value)}`,
  );
  const alt = `Median total return by ${name}: ${ends.join(', ')}`;
  return { alt, options: (width) => options(width, dependence, range) };
}

function options(
  width: number,
  { name, bins, choices, unit }: Dependence,
  range: readonly [number, number],
): PlotOptions {
  const label = unit === undefined ? name : `${name}, ${unit}`;
  const y = {
    domain: range,
    label: null,
    ticks: 4,
    tickSize: 0,
    grid: true,
    tickFormat: (value: number) => percentTick(value),
  };
  const frame = { height: 190, marginLeft: 62, marginRight: 16, marginTop: 12, marginBottom: 40 };
  const zero = range[0] < 0 && range[1] > 0 ? [ruleY([0], { stroke: INK, strokeOpacity: 0.5 })] : [];
  if (choices !== undefined) {
    const text = ({ value }: DrawBin): string => choices[value] ?? String(value);
    return {
      ...frame,
      x: { type: 'point', label, labelAnchor: 'center', labelArrow: 'none', domain: bins.map(text), padding: 0.6 },
      y,
      marks: [
        ...zero,
        ruleX(bins, { x: text, y1: 'q25', y2: 'q75', stroke: ACCENT, strokeOpacity: 0.35, strokeWidth: 14 }),
        dot(bins, { x: text, y: 'q50', fill: ACCENT, r: 4 }),
      ],
    };
  }
  return {
    ...frame,
    x: {
      label,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: width > 500 ? 8 : 4,
      tickSize: 4,
      tickFormat: (value: number) => number(value),
    },
    y,
    marks: [
      areaY(bins, { x: 'value', y1: 'q25', y2: 'q75', fill: ACCENT, fillOpacity: 0.2 }),
      ...zero,
      lineY(bins, { x: 'value', y: 'q50', stroke: ACCENT, strokeWidth: 2 }),
      dot(bins, { x: 'value', y: 'q50', fill: ACCENT, r: 2.5 }),
    ],
  };
}
