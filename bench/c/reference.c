/*
 * The reference episode: 10,000 steps of geometric Brownian motion, SMA 10/50 cross, 0.95 target weight, 10 bp taker fee,
 * 5 bp slippage, the log return as reward at each step, and every figure of the episode record.
 *
 * This is the limit the engine is measured against: the same arithmetic as one loop, with no event, no queue, no handler
 * and no strategy behind a call. Build: gcc -O3 -std=c11 (see bench/README.md); without -march=native, without -ffast-math.
 */
#define _POSIX_C_SOURCE 200809L
#include "random.h"
#include "statistics.h"

#define STEPS 10000
#define FAST 10
#define SLOW 50
#define STEPS_PER_YEAR 8760.0

#define KEY_WORDS 4
#define FIELDS 24
#define ROWS STEPS

static const double INITIAL_PRICE = 30000, DRIFT = 0.2, VOLATILITY = 0.7;
static const double CASH = 10000, RUIN = 100, LOG_FLOOR = 1e-4 * 10000;
static const double WEIGHT = 0.95, TAKER_FEE = 0.001, SLIPPAGE_BPS = 5;

static void run_episode(const uint32_t *key, double *record) {
  Random random = {key[0], key[1], key[2], key[3]};
  const double mean = (DRIFT - VOLATILITY * VOLATILITY / 2) / STEPS_PER_YEAR;
  const double sd = VOLATILITY * sqrt(1 / STEPS_PER_YEAR);
  double log_price = 0, price = INITIAL_PRICE;

  double ring[SLOW] = {0};
  double fast_sum = 0, slow_sum = 0;
  int at = 0, is_long = 0;

  double cash = CASH, position = 0, ordered = 0;
  double commission = 0, slippage = 0, traded_value = 0;
  int orders = 0, fills = 0;

  Statistics statistics = begin_statistics(CASH);
  Path path = begin_path(INITIAL_PRICE);
  double equity = CASH, total_reward = 0;
  int step = 0;

  for (;;) {
    /* The order of the last decision fills at this price, slipped. */
    if (ordered != 0) {
      const double filled = ordered > 0 ? price + price * SLIPPAGE_BPS * 1e-4 : price - price * SLIPPAGE_BPS * 1e-4;
      const double quantity = fabs(ordered);
      const double fee = filled * quantity * TAKER_FEE;
      cash -= ordered * filled + fee;
      commission += fee;
      slippage += fabs(filled - price) * quantity;
      traded_value += filled * quantity;
      hold(&path, position, step);
      position += ordered;
      ordered = 0;
      fills++;
    }

    /* Mark to market, reward, statistics. Step 0 is the initial price. */
    if (step > 0) {
      const double gross = fabs(position * price);
      const double now = cash + position * price;
      const double floored = now > LOG_FLOOR ? now : LOG_FLOOR;
      const double before = equity > LOG_FLOOR ? equity : LOG_FLOOR;
      if (floored != before) total_reward += log(floored / before);
      add_step(&statistics, equity, now, gross);
      add_price(&path, price);
      equity = now;
      if (!(now > RUIN)) break;
    }
    if (step == STEPS) break;

    /* The strategy: both sums move by the price that enters minus the one that leaves, and start afresh once a turn. */
    fast_sum += price - ring[at >= FAST ? at - FAST : at - FAST + SLOW];
    slow_sum += price - ring[at];
    ring[at] = price;
    if (++at == SLOW) {
      slow_sum = 0;
      for (int i = 0; i < SLOW - FAST; i++) slow_sum += ring[i];
      fast_sum = 0;
      for (int i = SLOW - FAST; i < SLOW; i++) fast_sum += ring[i];
      slow_sum += fast_sum;
      at = 0;
    }
    if (step >= SLOW - 1) {
      const double difference = fast_sum * SLOW - slow_sum * FAST;
      if ((is_long ? difference < 0 : difference > 0) && fabs(difference) > 1e-12 * fabs(slow_sum * FAST)) {
        is_long = !is_long;
        ordered = (is_long ? WEIGHT * equity / price : 0) - position;
        if (ordered != 0) orders++;
      }
    }

    log_price += mean + sd * next_normal(&random);
    price = INITIAL_PRICE * exp(log_price);
    step++;
  }

  const double growth = equity / CASH;
  double *out = record;
  *out++ = step;
  *out++ = growth - 1;
  *out++ = total_reward;
  *out++ = total_reward; /* reward_log-return */
  *out++ = statistics.max_drawdown;
  *out++ = sharpe_ratio(&statistics, step, STEPS_PER_YEAR);
  *out++ = sortino_ratio(&statistics, step, STEPS_PER_YEAR);
  *out++ = calmar_ratio(&statistics, growth, step, STEPS_PER_YEAR);
  *out++ = traded_value / (statistics.equity_sum / (step + 1));
  *out++ = statistics.exposure_sum / step;
  *out++ = orders;
  *out++ = fills;
  *out++ = 0; /* rejects: 0.95 never breaks a leverage of 1 */
  *out++ = commission;
  *out++ = slippage;
  *out++ = 0; /* spread */
  *out++ = 0; /* impact */
  *out++ = equity;
  *out++ = market_pnl(&path, position, step);
  *out++ = statistics.peak / CASH - 1;
  *out++ = statistics.floor / CASH - 1;
  *out++ = longest_drawdown(&statistics);
  *out++ = price;
  *out++ = volatility(&path, step, STEPS_PER_YEAR);
}

#include "program.h"
