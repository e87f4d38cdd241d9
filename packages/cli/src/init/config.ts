/** The config that `ergodic init` writes. It names only keys that the schema has; a test runs it. */
export const CONFIG_TEMPLATE = `# yaml-language-server: $schema=./ergodic.schema.json
#
# An ensemble: one strategy, many alternative histories of its market. Run it with
#
#     ergodic run
#
# Unknown keys are errors; the first line gives your editor completion and checks.

# The run is a function of this text and the rest of the file: same seed, same results, on any number of workers.
seed: my-first-ensemble

# Histories to run, and the length of each: 1000 steps of an hour are about six weeks.
episodes: 1000
steps: 1000
interval: 1h

# One entry per symbol. Processes: gbm, abm, ou, or the candles of a CSV: replay, bootstrap.
markets:
  BTC/USDT:
    process: gbm # geometric Brownian motion
    price: 30000 # the first price, quote currency
    drift: 0.2 # per year: the expected price grows by exp(0.2) a year
    volatility: 0.7 # per square root of a year: 0.7 is 70 %

# A file beside this one, or a built-in: sma-cross, buy-and-hold, random. The other keys are its parameters.
strategy:
  use: ./my-strategy.ts
  window: 24
  dip: 0.02

portfolio:
  cash: 10000
  sizing: { targetWeight: 0.95 } # a LONG puts this fraction of the equity into the position
  risk: { maxLeverage: 1 }
  # allowShort: true
  # ruin: 0.01 # an episode ends as ruined at this fraction of the cash

execution:
  fees: { maker: 0.0002, taker: 0.001 } # fractions of the traded value
  slippage: { bps: 5 }
  # latency: 250ms

# What an episode is scored by; each has a column of its own.
rewards:
  - use: log-return
  - { use: order-frequency, window: 50, limit: 5, scale: 0.01 } # a penalty for trading too often

# The first so many episodes keep their full streams of equity, rewards and fills.
record:
  episodes: 16
  every: 1
`;
