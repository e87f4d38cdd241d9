/*
 * The engine's random numbers: xoshiro128++ 1.0 and the 256-layer ziggurat of packages/core/src/random/ziggurat.ts. The
 * same key gives the same normals, to the last bit but for exp and log, which are libm's here and fdlibm's in V8.
 */
#ifndef ERGODIC_BENCH_RANDOM_H
#define ERGODIC_BENCH_RANDOM_H

#include <math.h>
#include <stdint.h>

#define LAYERS 256
static const double ZIGGURAT_R = 3.654152885361009;
static const double ZIGGURAT_V = 0.004928673233974655;

typedef struct {
  uint32_t s0, s1, s2, s3;
} Random;

static double width[LAYERS];
static double accept[LAYERS];
static double height[LAYERS + 1];

static void fill_tables(void) {
  double edge[LAYERS + 1];
  edge[0] = ZIGGURAT_V / exp(-0.5 * ZIGGURAT_R * ZIGGURAT_R);
  edge[1] = ZIGGURAT_R;
  for (int i = 1; i < LAYERS - 1; i++) {
    edge[i + 1] = sqrt(-2 * log(ZIGGURAT_V / edge[i] + exp(-0.5 * edge[i] * edge[i])));
  }
  edge[LAYERS] = 0;
  for (int i = 0; i < LAYERS; i++) {
    width[i] = edge[i] / 4194304.0;
    accept[i] = edge[i + 1] / edge[i] * 4194304.0;
  }
  for (int i = 0; i <= LAYERS; i++) height[i] = exp(-0.5 * edge[i] * edge[i]);
}

static inline uint32_t rotate_left(uint32_t x, int by) { return (x << by) | (x >> (32 - by)); }

static inline uint32_t next_uint32(Random *r) {
  const uint32_t result = rotate_left(r->s0 + r->s3, 7) + r->s0;
  const uint32_t shifted = r->s1 << 9;
  r->s2 ^= r->s0;
  r->s3 ^= r->s1;
  r->s1 ^= r->s2;
  r->s0 ^= r->s3;
  r->s2 ^= shifted;
  r->s3 = rotate_left(r->s3, 11);
  return result;
}

static double next_double(Random *r) {
  const double high = next_uint32(r) >> 5;
  const double low = next_uint32(r) >> 6;
  return (high * 67108864.0 + low) * 0x1p-53;
}

/* The 1.1 % of the candidates that the fast test does not accept; NaN where a new candidate must be drawn. */
static __attribute__((noinline)) double rare_normal(Random *r, int layer, double v) {
  if (layer == 0) {
    for (;;) {
      const double e = -log(1 - next_double(r)) / ZIGGURAT_R;
      const double d = -log(1 - next_double(r));
      if (2 * d > e * e) return v < 0 ? -ZIGGURAT_R - e : ZIGGURAT_R + e;
    }
  }
  const double x = v * width[layer];
  const double y = height[layer] + next_double(r) * (height[layer + 1] - height[layer]);
  return y < exp(-0.5 * x * x) ? x : NAN;
}

static inline double next_normal(Random *r) {
  for (;;) {
    const int32_t a = (int32_t)next_uint32(r);
    const int32_t b = (int32_t)next_uint32(r);
    const int layer = a & 255;
    const double v = (a >> 9) + (b * 0x1p-32 + 0.5);
    if (fabs(v) < accept[layer]) return v * width[layer];
    /* A copy, so that the address of the state is only taken on the seldom path and the state stays in registers. */
    Random copy = *r;
    const double x = rare_normal(&copy, layer, v);
    *r = copy;
    if (!isnan(x)) return x;
  }
}

#endif
