/* The figures of an episode record, as packages/core/src/summary computes them. */
#ifndef ERGODIC_BENCH_STATISTICS_H
#define ERGODIC_BENCH_STATISTICS_H

#include <math.h>

typedef struct {
  double sum, sum_of_squares, downside, max_drawdown, peak, floor, exposure_sum, equity_sum;
  int step, peak_step, longest;
} Statistics;

/* Returns of a price, and how long a position in it was held: position times steps, from mark to mark. */
typedef struct {
  double first, before, sum, sum_of_squares, held;
  int reached;
} Path;

static inline Statistics begin_statistics(double initial_equity) {
  return (Statistics){.peak = initial_equity, .floor = initial_equity, .equity_sum = initial_equity};
}

static inline void add_step(Statistics *s, double before, double now, double gross) {
  const double step_return = (now - before) / before;
  const double square = step_return * step_return;
  s->sum += step_return;
  s->sum_of_squares += square;
  s->downside += step_return < 0 ? square : 0;
  s->step++;
  if (now >= s->peak) {
    const int spell = s->step - s->peak_step - 1;
    s->longest = spell > s->longest ? spell : s->longest;
    s->peak_step = s->step;
    s->peak = now;
  }
  s->floor = now < s->floor ? now : s->floor;
  const double drawdown = 1 - now / s->peak;
  s->max_drawdown = drawdown > s->max_drawdown ? drawdown : s->max_drawdown;
  if (now > 0) s->exposure_sum += gross / now;
  s->equity_sum += now;
}

static inline Path begin_path(double price) { return (Path){.first = price, .before = price}; }

static inline void add_price(Path *p, double now) {
  const double step_return = (now - p->before) / p->before;
  p->sum += step_return;
  p->sum_of_squares += step_return * step_return;
  p->before = now;
}

/* The position before a fill that the mark of `step` is the first to contain. */
static inline void hold(Path *p, double position, int step) {
  p->held += position * (step - p->reached);
  p->reached = step;
}

static double market_pnl(const Path *p, double position, int steps) {
  return (p->held + position * (steps - p->reached)) / steps * (p->before - p->first);
}

static double volatility(const Path *p, double steps, double steps_per_year) {
  const double deviation = p->sum_of_squares - p->sum * p->sum / steps;
  return sqrt((deviation > 0 ? deviation : 0) / (steps - 1) * steps_per_year);
}

static double longest_drawdown(const Statistics *s) {
  const int open = s->step - s->peak_step;
  return open > s->longest ? open : s->longest;
}

static double finite_or_nan(double value) { return isfinite(value) ? value : NAN; }

static double sharpe_ratio(const Statistics *s, double steps, double steps_per_year) {
  if (steps < 2) return NAN;
  const double deviation = s->sum_of_squares - s->sum * s->sum / steps;
  if (!(deviation > 1e-6 * 1e-6 * s->sum_of_squares)) return NAN;
  return finite_or_nan(s->sum / steps / sqrt(deviation / (steps - 1)) * sqrt(steps_per_year));
}

static double sortino_ratio(const Statistics *s, double steps, double steps_per_year) {
  if (steps < 1 || !(s->downside > 0)) return NAN;
  return finite_or_nan(s->sum / steps / sqrt(s->downside / steps) * sqrt(steps_per_year));
}

static double calmar_ratio(const Statistics *s, double growth, double steps, double steps_per_year) {
  if (steps < 1 || !(s->max_drawdown > 0)) return NAN;
  const double annual = growth > 0 ? expm1(log(growth) * steps_per_year / steps) : -1;
  return finite_or_nan(annual / s->max_drawdown);
}

#endif
