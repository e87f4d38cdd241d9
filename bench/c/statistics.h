/* The figures of an episode record, as packages/core/src/summary computes them. */
#ifndef ERGODIC_BENCH_STATISTICS_H
#define ERGODIC_BENCH_STATISTICS_H

#include <math.h>

typedef struct {
  double sum, sum_of_squares, downside, max_drawdown, peak, exposure_sum, equity_sum;
} Statistics;

static inline Statistics begin_statistics(double initial_equity) {
  return (Statistics){.peak = initial_equity, .equity_sum = initial_equity};
}

static inline void add_step(Statistics *s, double before, double now, double gross) {
  const double step_return = (now - before) / before;
  const double square = step_return * step_return;
  s->sum += step_return;
  s->sum_of_squares += square;
  s->downside += step_return < 0 ? square : 0;
  s->peak = now > s->peak ? now : s->peak;
  const double drawdown = 1 - now / s->peak;
  s->max_drawdown = drawdown > s->max_drawdown ? drawdown : s->max_drawdown;
  if (now > 0) s->exposure_sum += gross / now;
  s->equity_sum += now;
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
