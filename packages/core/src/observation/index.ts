export * from './feature.ts';
export { builtinFeatures } from './features/index.ts';
export { Observer } from './observer.ts';
export * from './regression/index.ts';
