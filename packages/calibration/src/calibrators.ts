import { abm } from './fit/abm.ts';
import { bootstrap } from './fit/bootstrap.ts';
import { cev } from './fit/cev.ts';
import { cir } from './fit/cir.ts';
import type { Calibrator } from './fit/estimate.ts';
import { expOu } from './fit/exp-ou.ts';
import { fbm } from './fit/fbm.ts';
import { garch, garchT, gjrGarch, gjrGarchT } from './fit/garch.ts';
import { gbm } from './fit/gbm.ts';
import { hawkesJumps } from './fit/hawkes-jumps.ts';
import { bates, heston } from './fit/heston.ts';
import { kou } from './fit/kou.ts';
import { merton } from './fit/merton.ts';
import { ou } from './fit/ou.ts';
import { regimeSwitching } from './fit/regime-switching.ts';
import { roughVolatility } from './fit/rough-volatility.ts';
import { varianceGamma } from './fit/variance-gamma.ts';

/** All of them, by the order of the processes in a config. */
export const calibrators: readonly Calibrator[] = [
  gbm,
  abm,
  ou,
  expOu,
  cir,
  cev,
  merton,
  kou,
  varianceGamma,
  heston,
  bates,
  garch,
  garchT,
  gjrGarch,
  gjrGarchT,
  regimeSwitching,
  fbm,
  roughVolatility,
  hawkesJumps,
  bootstrap,
];
