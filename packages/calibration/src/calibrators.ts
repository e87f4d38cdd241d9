import { abm } from './fit/abm.ts';
import { cev } from './fit/cev.ts';
import { cir } from './fit/cir.ts';
import type { Calibrator } from './fit/estimate.ts';
import { expOu } from './fit/exp-ou.ts';
import { gbm } from './fit/gbm.ts';
import { kou } from './fit/kou.ts';
import { merton } from './fit/merton.ts';
import { ou } from './fit/ou.ts';
import { varianceGamma } from './fit/variance-gamma.ts';

/** All of them, by the order of the processes in a config. */
export const calibrators: readonly Calibrator[] = [gbm, abm, ou, expOu, cir, cev, merton, kou, varianceGamma];
