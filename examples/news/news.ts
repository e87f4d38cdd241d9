import { type Component, type Context, type CustomEvent, defineComponent } from '@ergodic/core';

declare module '@ergodic/core' {
  interface CustomEvents {
    /** A headline. `sentiment` is from -1 (bad) to 1 (good). */
    NEWS: { readonly sentiment: number };
  }
}

const HOUR_MS = 3_600_000;

/** Headlines at random times, as a Poisson process, from the component's own random stream. */
class News implements Component {
  private readonly meanIntervalMs: number;

  constructor(meanIntervalMs: number) {
    this.meanIntervalMs = meanIntervalMs;
  }

  onStart(context: Context): void {
    this.announceNext(context);
  }

  onEvent(event: CustomEvent, context: Context): void {
    if (event.name === 'NEWS') this.announceNext(context);
  }

  private announceNext(context: Context): void {
    const { random, timeMs } = context;
    const sentiment = 2 * random.nextDouble() - 1;
    context.emit('NEWS', { sentiment }, timeMs + random.exponential() * this.meanIntervalMs);
  }
}

export default defineComponent({
  name: 'news',
  description: 'Headlines at random times; the market does not react to them.',
  parameters: {
    meanIntervalHours: {
      type: 'number',
      exclusiveMinimum: 0,
      default: 24,
      description: 'Simulated hours, on average.',
    },
  },
  create: ({ meanIntervalHours }) => new News(meanIntervalHours * HOUR_MS),
});
