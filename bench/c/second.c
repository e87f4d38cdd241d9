/*
 * The second episode: two instruments (geometric Brownian motion), a strategy with resting limit orders, three rewards
 * (log return, drawdown, order frequency), a custom event every 100 steps; 10,000 steps, 20,000 instrument-steps.
 *
 * The strategy (bench/src/second/quoter.ts), for each instrument: a moving average follows the price, at a speed that the
 * custom event switches. Flat and without an order, above the average, it bids 0.5 % below the price for 0.4 of the equity.
 * A fill is offered 1 % higher. A price that runs 2 % away from where an order was placed has the order replaced.
 *
 * As in reference.c: the same arithmetic as one loop. An instrument has at most one order, so there is no book either.
 */
#define _POSIX_C_SOURCE 200809L
#include "random.h"
#include "statistics.h"

#define STEPS 10000
#define SYMBOLS 2
#define STEPS_PER_YEAR 52560.0
#define PULSE_EVERY 100
#define WINDOW 50

#define KEY_WORDS (4 * SYMBOLS)
#define FIELDS 28
#define ROWS (STEPS * SYMBOLS)

static const double INITIAL_PRICE[SYMBOLS] = {30000, 2000};
static const double DRIFT[SYMBOLS] = {0.2, 0.1};
static const double VOLATILITY[SYMBOLS] = {0.7, 0.9};
static const double CASH = 10000, RUIN = 100, LOG_FLOOR = 1e-4 * 10000, MAX_LEVERAGE = 1;
static const double WEIGHT = 0.4, DISCOUNT = 0.005, PROFIT = 0.01, RUNAWAY = 0.02, SLOW = 0.02, FAST = 0.1;
/* A quote that touches a limit fills it at the quote: no worse than the limit, as taker. */
static const double MAKER_FEE = 0.0002, TAKER_FEE = 0.001;
static const double DRAWDOWN_SCALE = 0.01, FREQUENCY_LIMIT = 10, FREQUENCY_SCALE = 0.001;

typedef enum { NONE, BID, OFFER } OrderKind;

typedef struct {
  Random random;
  double mean_per_step, sd_per_step, log_price, price;
  double position;
  OrderKind kind;
  double limit, quantity, placed_at;
  int placed_step;
  double moving_average;
  Path path;
} Instrument;

/* Whether a new bid keeps all positions and bids within the leverage. */
static int within_leverage(const Instrument *instruments, const Instrument *bidder, double quantity, double equity) {
  double gross = 0;
  for (int s = 0; s < SYMBOLS; s++) {
    const Instrument *i = &instruments[s];
    double highest = i->position;
    if (i == bidder) highest += quantity;
    else if (i->kind == BID) highest += i->quantity;
    gross += highest * i->price;
  }
  return gross <= MAX_LEVERAGE * equity * (1 + 1e-9);
}

static void run_episode(const uint32_t *key, double *record) {
  Instrument instruments[SYMBOLS];
  for (int s = 0; s < SYMBOLS; s++, key += 4) {
    instruments[s] = (Instrument){
        .random = {key[0], key[1], key[2], key[3]},
        .mean_per_step = (DRIFT[s] - VOLATILITY[s] * VOLATILITY[s] / 2) / STEPS_PER_YEAR,
        .sd_per_step = VOLATILITY[s] * sqrt(1 / STEPS_PER_YEAR),
        .price = INITIAL_PRICE[s],
        .moving_average = INITIAL_PRICE[s],
        .path = begin_path(INITIAL_PRICE[s]),
    };
  }
  double smoothing = SLOW;
  double cash = CASH, commission = 0, traded_value = 0;
  int orders = 0, fills = 0, rejects = 0;

  Statistics statistics = begin_statistics(CASH);
  double equity = CASH, peak = CASH;
  double log_return = 0, drawdown = 0, frequency = 0, total_reward = 0;
  int ring[WINDOW] = {0};
  int at = 0, recent = 0, ages = 0, sent = 0;
  int step = 0, is_ruined = 0;

  for (;;) {
    if (step > 0 && step % PULSE_EVERY == 0) smoothing = step / PULSE_EVERY % 2 == 1 ? FAST : SLOW;
    const int sent_before = sent;
    sent = 0;

    for (int s = 0; s < SYMBOLS; s++) {
      Instrument *const i = &instruments[s];
      if (step > 0) {
        i->log_price += i->mean_per_step + i->sd_per_step * next_normal(&i->random);
        i->price = INITIAL_PRICE[s] * exp(i->log_price);
      }
      const double price = i->price;

      /* The resting order, if the price touches it. */
      if (i->kind == BID ? price <= i->limit : i->kind == OFFER && price >= i->limit) {
        const double signed_qty = i->kind == BID ? i->quantity : -i->quantity;
        const double value = price * i->quantity;
        /* An order that rested through a MARKET before gives liquidity. */
        const double fee = value * (step > i->placed_step + 1 ? MAKER_FEE : TAKER_FEE);
        cash -= signed_qty * price + fee;
        commission += fee;
        traded_value += value;
        fills++;
        hold(&i->path, i->position, step);
        if (i->kind == BID) {
          i->position += i->quantity;
          i->kind = OFFER;
          i->limit = price * (1 + PROFIT);
          i->placed_at = price;
          i->placed_step = step;
          /* What is asked for at the last MARKET is void. */
          if (step < STEPS) sent++;
        } else {
          i->position = 0;
          i->kind = NONE;
        }
      }

      /* All instruments have moved: mark to market, rewards, statistics. */
      if (s == SYMBOLS - 1 && step > 0) {
        double now = cash, gross = 0;
        for (int k = 0; k < SYMBOLS; k++) {
          const double value = instruments[k].position * instruments[k].price;
          now += value;
          gross += value;
        }
        const double floored = now > LOG_FLOOR ? now : LOG_FLOOR;
        const double before = equity > LOG_FLOOR ? equity : LOG_FLOOR;
        double reward = 0;
        if (floored != before) {
          reward = log(floored / before);
          log_return += reward;
        }

        peak = now > peak ? now : peak;
        const double penalty = now < peak ? -DRAWDOWN_SCALE * (1 - now / peak) : 0;
        drawdown += penalty;
        reward += penalty;

        ages += recent;
        recent -= ring[at];
        ages -= ring[at] * (WINDOW + 1);
        ring[at] = sent_before;
        recent += sent_before;
        ages += sent_before;
        if (++at == WINDOW) at = 0;
        const double excess = 2 * (recent - (double)ages / WINDOW) - FREQUENCY_LIMIT;
        if (excess > 0) {
          const double fine = -FREQUENCY_SCALE * (exp(excess < 20 ? excess : 20) - 1);
          frequency += fine;
          reward += fine;
        }
        total_reward += reward;
        add_step(&statistics, equity, now, gross);
        for (int k = 0; k < SYMBOLS; k++) add_price(&instruments[k].path, instruments[k].price);
        equity = now;
        if (!(now > RUIN)) {
          is_ruined = 1;
          break;
        }
      }
      if (step == STEPS) continue;

      /* The strategy. */
      if (step > 0) i->moving_average += smoothing * (price - i->moving_average);
      if (i->position == 0) {
        if (i->kind == NONE ? price > i->moving_average : price > i->placed_at * (1 + RUNAWAY)) {
          double marked = cash;
          for (int k = 0; k < SYMBOLS; k++) marked += instruments[k].position * instruments[k].price;
          const double quantity = WEIGHT * marked / price;
          if (within_leverage(instruments, i, quantity, marked)) {
            i->kind = BID;
            i->quantity = quantity;
            i->limit = price * (1 - DISCOUNT);
            i->placed_at = price;
            i->placed_step = step;
            sent++;
          } else {
            /* The bid that rested, if there was one, is canceled all the same. */
            i->kind = NONE;
            rejects++;
          }
        }
      } else if (price < i->placed_at * (1 - RUNAWAY)) {
        i->limit = price * (1 + PROFIT);
        i->placed_at = price;
        i->placed_step = step;
        sent++;
      }
    }
    orders += sent;
    if (step == STEPS || is_ruined) break;
    step++;
  }

  const double growth = equity / CASH;
  double *out = record;
  *out++ = step;
  *out++ = growth - 1;
  *out++ = total_reward;
  *out++ = log_return;
  *out++ = drawdown;
  *out++ = frequency;
  *out++ = statistics.max_drawdown;
  *out++ = sharpe_ratio(&statistics, step, STEPS_PER_YEAR);
  *out++ = sortino_ratio(&statistics, step, STEPS_PER_YEAR);
  *out++ = calmar_ratio(&statistics, growth, step, STEPS_PER_YEAR);
  *out++ = traded_value / (statistics.equity_sum / (step + 1));
  *out++ = statistics.exposure_sum / step;
  *out++ = orders;
  *out++ = fills;
  *out++ = rejects;
  *out++ = commission;
  *out++ = 0; /* slippage: limit orders never fill worse than their reference */
  *out++ = 0; /* spread */
  *out++ = 0; /* impact */
  *out++ = equity;
  double exposure = 0;
  for (int s = 0; s < SYMBOLS; s++) exposure += market_pnl(&instruments[s].path, instruments[s].position, step);
  *out++ = exposure;
  *out++ = statistics.peak / CASH - 1;
  *out++ = statistics.floor / CASH - 1;
  *out++ = longest_drawdown(&statistics);
  for (int s = 0; s < SYMBOLS; s++) *out++ = instruments[s].price;
  for (int s = 0; s < SYMBOLS; s++) *out++ = volatility(&instruments[s].path, step, STEPS_PER_YEAR);
}

#include "program.h"
