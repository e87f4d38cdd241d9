import type { FeatureDefinition } from '../feature.ts';
import { drawdown } from './drawdown.ts';
import { equity } from './equity.ts';
import { movingAverage } from './moving-average.ts';
import { noise } from './noise.ts';
import { position } from './position.ts';
import { prediction } from './prediction.ts';
import { range } from './range.ts';
import { returns } from './returns.ts';
import { rsi } from './rsi.ts';
import { time } from './time.ts';
import { unrealized } from './unrealized.ts';
import { volatility } from './volatility.ts';
import { volume } from './volume.ts';

/** The features that `environment.observations` knows by name. */
export const builtinFeatures: Readonly<Record<string, FeatureDefinition>> = {
  returns,
  'moving-average': movingAverage,
  volatility,
  range,
  rsi,
  volume,
  position,
  equity,
  drawdown,
  unrealized,
  time,
  prediction,
  noise,
};
