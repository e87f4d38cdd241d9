import { type CustomEvent, defineStrategy, type Strategy, type StrategyContext } from '@ergodic/core';
import type {} from './news.ts'; // what a NEWS event carries

class TradeTheNews implements Strategy {
  private readonly threshold: number;

  constructor(threshold: number) {
    this.threshold = threshold;
  }

  onEvent(event: CustomEvent<'NEWS'>, context: StrategyContext): void {
    if (event.name !== 'NEWS') return;
    const { sentiment } = event.payload;
    const isLong = context.position() > 0;
    if (sentiment > this.threshold && !isLong) context.signal('LONG');
    else if (sentiment < -this.threshold && isLong) context.signal('FLAT');
  }
}

export default defineStrategy({
  name: 'trade-the-news',
  description: 'Long after good news, flat after bad.',
  parameters: {
    threshold: { type: 'number', minimum: 0, maximum: 1, default: 0.5, description: 'Of the sentiment, either side.' },
  },
  create: ({ threshold }) => new TradeTheNews(threshold),
});
