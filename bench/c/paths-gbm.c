/*
 * Paths of geometric Brownian motion: the limit for the engine's handler of `gbm`, with the same numbers as
 * bench/src/paths.ts. Build: gcc -O3 -std=c11 (see bench/README.md); without -march=native, without -ffast-math.
 */
#define _POSIX_C_SOURCE 200809L
#include "random.h"
#include "paths.h"

static const double PRICE = 30000, DRIFT = 0.2, VOLATILITY = 0.7;

static void run_episode(const uint32_t *key, double *record) {
  Random random = {key[0], key[1], key[2], key[3]};
  const double mean = (DRIFT - VOLATILITY * VOLATILITY / 2) / STEPS_PER_YEAR;
  const double sd = VOLATILITY * sqrt(1 / STEPS_PER_YEAR);
  double x = 0;
  for (int row = 0; row < ROWS; row += CHUNK) {
    const int count = ROWS - row < CHUNK ? ROWS - row : CHUNK;
    if (row == 0) prices[0] = PRICE;
    for (int i = row == 0; i < count; i++) {
      x += mean + sd * next_normal(&random);
      prices[i] = PRICE * exp(x);
    }
    write_times(row, count);
    *record++ = prices[count - 1];
  }
}

#include "program.h"
