// Six stages of a pipeline. Each adds its letter to the event's trail; the one that is told to dies at every so many calls.
export function create({ letter, every = 0, how = 'exit', counter }) {
  // Shared by all threads that follow each other, so that each call is counted once.
  const calls = counter === undefined ? undefined : new Int32Array(counter);
  return ({ id, trail }) => {
    if (calls !== undefined && (Atomics.add(calls, 0, 1) + 1) % every === 0) die(how);
    return { id, trail: trail + letter };
  };
}

function die(how) {
  if (how === 'exit') process.exit(1);
  if (how === 'throw') throw new Error('one in a hundred');
  if (how === 'loop') for (;;);
}
