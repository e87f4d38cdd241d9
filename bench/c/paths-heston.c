/*
 * Paths of the Heston model by Andersen's quadratic-exponential scheme with martingale correction: the limit for the engine's
 * handler of `heston`, with the same numbers as bench/src/paths.ts and the arithmetic of
 * packages/core/src/market/processes/heston.ts. Build: gcc -O3 -std=c11 (see bench/README.md); without -march=native, without
 * -ffast-math.
 */
#define _POSIX_C_SOURCE 200809L
#include "random.h"
#include "paths.h"

static const double PRICE = 30000, DRIFT = 0.2;
static const double LONG_RUN_VARIANCE = 0.5, SPEED = 5, VOL_OF_VOL = 3, CORRELATION = -0.5;

/* Where the stream is after 2^64 draws (the generator's authors). */
static Random jumped(Random from) {
  static const uint32_t JUMP[] = {0x8764000b, 0xf542d2d3, 0x6fa035c3, 0x77f2db5b};
  Random to = {0, 0, 0, 0};
  for (int word = 0; word < 4; word++) {
    for (int bit = 0; bit < 32; bit++) {
      if (JUMP[word] & UINT32_C(1) << bit) {
        to.s0 ^= from.s0;
        to.s1 ^= from.s1;
        to.s2 ^= from.s2;
        to.s3 ^= from.s3;
      }
      next_uint32(&from);
    }
  }
  return to;
}

static void run_episode(const uint32_t *key, double *record) {
  Random shocks = {key[0], key[1], key[2], key[3]};
  Random variance_normals = jumped(shocks);
  Random uniforms = jumped(variance_normals);
  const double dt = 1 / STEPS_PER_YEAR;
  const double decay = exp(-SPEED * dt), reverted = -expm1(-SPEED * dt);
  const double square = VOL_OF_VOL * VOL_OF_VOL;
  const double half_slope = square * decay * reverted / (2 * SPEED);
  const double half_level = LONG_RUN_VARIANCE * square * reverted * reverted / (4 * SPEED);
  const double level = LONG_RUN_VARIANCE * reverted;
  const double ratio = CORRELATION / VOL_OF_VOL;
  const double k2 = dt / 2 * (SPEED * ratio - 0.5) + ratio;
  const double k3 = dt / 2 * (1 - CORRELATION * CORRELATION);
  const double exponent = k2 + k3 / 2;
  double x = 0, v = LONG_RUN_VARIANCE;
  for (int row = 0; row < ROWS; row += CHUNK) {
    const int count = ROWS - row < CHUNK ? ROWS - row : CHUNK;
    if (row == 0) prices[0] = PRICE;
    for (int i = row == 0; i < count; i++) {
      const double z = next_normal(&variance_normals);
      const double m = level + decay * v;
      const double half_variance = half_level + half_slope * v;
      const double h = half_variance / (m * m);
      double d, log_m;
      if (h <= 0.75) {
        const double q = sqrt(1 - h);
        const double g = h / (1 + q);
        const double y = 2 * exponent * m * g;
        d = m * (g * (z * z - 1) + 2 * sqrt(q * g) * z);
        log_m = y * (exponent * m - 0.5) / (1 - y) - log(1 - y) / 2;
      } else {
        const double tail = 2 / (1 + 2 * h);
        const double beta = tail / m;
        const double u = 1 - next_double(&uniforms);
        d = (u < tail ? log(tail / u) / beta : 0) - m;
        log_m = log1p(tail * exponent / (beta - exponent)) - exponent * m;
      }
      const double next = m + d > 0 ? m + d : 0;
      x += DRIFT * dt - log_m + k2 * d - k3 / 2 * (m + v) + sqrt(k3 * (v + next)) * next_normal(&shocks);
      v = next;
      prices[i] = PRICE * exp(x);
    }
    write_times(row, count);
    *record++ = prices[count - 1];
  }
}

#include "program.h"
