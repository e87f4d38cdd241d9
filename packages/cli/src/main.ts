#!/usr/bin/env node
import { main } from './program.ts';

// Not left to the event loop: a strategy may have timers that would keep the process alive. Output is written already.
process.exit(await main(process.argv.slice(2)));
