import { appendFileSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { runChild } from '../child.ts';
import { coreOf, ROOT } from './builds.ts';

/** Appended to the built file of the class: every recorded episode is followed by so many turns of a generator a step. */
const PATCH = (turnsPerStep: number): string => `
globalThis.planted = { turnsPerStep: ${turnsPerStep}, state: 1 };
const recordOnly = Simulation.prototype.record;
Simulation.prototype.record = function (out, at) {
    recordOnly.call(this, out, at);
    const turns = Math.round(out[at] * globalThis.planted.turnsPerStep);
    let state = globalThis.planted.state;
    for (let i = 0; i < turns; i++) state = (Math.imul(state, 1664525) + 1013904223) | 0;
    globalThis.planted.state = state;
};
`;

/** Copies the built engine into a folder, as it is; the path of its `index.js`. */
export function copyEngine(folder: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(path.dirname(coreOf(ROOT)), path.join(folder, 'dist'), { recursive: true });
  cpSync(path.join(ROOT, 'packages/core/package.json'), path.join(folder, 'package.json'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  return path.join(folder, 'dist/index.js');
}

/** A copy with additional work of so many turns a step; the path of its `index.js`. */
export function plantWork(folder: string, turnsPerStep: number): string {
  const core = copyEngine(folder);
  appendFileSync(path.join(folder, 'dist/loop/simulation.js'), PATCH(turnsPerStep));
  return core;
}

/** A copy whose reference episodes take this fraction more time; the others get the same work a step, less for their own. */
export function plantSlowdown(folder: string, fraction: number): string {
  const unburdened = plantWork(path.join(folder, 'calibrated'), 0);
  const { turnsPerStep } = runChild<{ turnsPerStep: number }>('./gate/calibrate.js', [unburdened, fraction]);
  return plantWork(path.join(folder, 'planted'), turnsPerStep);
}
