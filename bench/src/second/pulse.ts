import {
  type Component,
  type ComponentDefinition,
  type Context,
  type CustomEvent,
  defineComponent,
} from '@ergodic/core';

declare module '@ergodic/core' {
  interface CustomEvents {
    /** A change of tempo; `count` is 1 at the first. */
    PULSE: { readonly count: number };
  }
}

class Pulse implements Component {
  private readonly periodMs: number;
  private count = 0;

  constructor(periodMs: number) {
    this.periodMs = periodMs;
  }

  onStart(context: Context): void {
    this.emitNext(context);
  }

  onEvent(event: CustomEvent, context: Context): void {
    if (event.name === 'PULSE') this.emitNext(context);
  }

  private emitNext(context: Context): void {
    context.emit('PULSE', { count: ++this.count }, context.timeMs + this.periodMs);
  }
}

/** Emits a PULSE every so many steps. It arrives before the MARKETs of its time. */
export const pulse: ComponentDefinition = defineComponent({
  name: 'pulse',
  description: 'Emits a PULSE at regular simulated times.',
  parameters: { every: { type: 'integer', minimum: 1, default: 100, description: 'Steps from one to the next.' } },
  create: ({ every }, { intervalMs }) => new Pulse(every * intervalMs),
}) as ComponentDefinition;
