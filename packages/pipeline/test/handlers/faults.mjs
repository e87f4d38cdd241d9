// A handler for threads that fails in the way an event asks for. `{ do, value }` answers with the value.
const stop = () => new Promise(() => {});

let victims = 0;

function onceThereIsAVictim(act) {
  const timer = setInterval(() => {
    if (victims === 0) return;
    clearInterval(timer);
    act();
  }, 1);
}

/** Keeps how many events it has handled, so tests see which thread answered. */
export function create(data = {}) {
  let count = 0;
  if (data.createFails) throw new Error('cannot open the store');
  return {
    handle: (event, context) => {
      count++;
      return act(event, context, count);
    },
    close: () => {
      if (data.closeFails) throw new Error('cannot close the store');
      if (data.closeHangs) return stop();
      if (data.closeExits) process.exit(4);
      return undefined;
    },
  };
}

function act(event, context, count) {
  switch (event.do) {
    case 'throw':
      throw Object.assign(new TypeError(`cannot handle ${event.value}`), {
        code: 'E_VALUE',
        cause: new Error('deeper'),
      });
    case 'throw null':
      throw null;
    case 'reject':
      return Promise.reject(new Error('rejected'));
    case 'function':
      return () => 1;
    case 'exit':
      return process.exit(3);
    case 'loop':
      for (;;);
    case 'never':
      return stop();
    case 'late throw':
      onceThereIsAVictim(() => {
        throw new Error('too late');
      });
      return 'answered';
    case 'leak':
      onceThereIsAVictim(() => void Promise.reject(new Error('leaked')));
      return 'answered';
    case 'victim':
      victims++;
      return stop();
    case 'throw in its timer':
      setTimeout(() => {
        throw new Error('too late');
      }, 5);
      return stop();
    case 'count':
      return count;
    case 'attempt':
      return context.attempt;
    case 'exit once':
      if (context.attempt === 1) process.exit(3);
      return event.value;
    case 'never at first':
      return context.attempt === 1 ? stop() : event.value;
    case 'until aborted':
      return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve('aborted')));
    case 'memory': {
      const kept = [];
      for (;;) kept.push(new Array(10_000).fill(kept.length));
    }
    default:
      return event.value;
  }
}

export const double = (event) => 2 * event;

export function doubleAll(events) {
  return events.map((event) => 2 * event);
}

export const notAHandler = 42;
