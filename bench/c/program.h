/*
 * What both programs do around their episodes: read keys from standard input, run every episode, print the time and
 * the first records. The including file defines KEY_WORDS, FIELDS, ROWS (steps, or instrument-steps) and
 * `static void run_episode(const uint32_t *key, double *record)`.
 *
 *     usage: PROGRAM RECORDS < keys      one episode a line: KEY_WORDS signed 32-bit integers
 *     output: `seconds S rows R`, then RECORDS lines of FIELDS numbers
 *
 * The time covers all episodes, from before the first to after the last, on the monotonic clock; reading the keys,
 * the tables and one episode of warming up come before it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint32_t *read_keys(size_t *episodes) {
  size_t words = 0, capacity = 1024;
  uint32_t *keys = malloc(capacity * sizeof *keys);
  int32_t word;
  while (keys != NULL && scanf("%" SCNd32, &word) == 1) {
    if (words == capacity) keys = realloc(keys, (capacity *= 2) * sizeof *keys);
    if (keys != NULL) keys[words++] = (uint32_t)word;
  }
  if (keys == NULL || words == 0 || words % KEY_WORDS != 0) {
    fprintf(stderr, "standard input must hold %d integers an episode, got %zu integers\n", KEY_WORDS, words);
    exit(2);
  }
  *episodes = words / KEY_WORDS;
  return keys;
}

static double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  const size_t wanted = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
  size_t episodes;
  uint32_t *keys = read_keys(&episodes);
  double *records = malloc(episodes * FIELDS * sizeof *records);
  if (records == NULL) return 1;
  fill_tables();
  run_episode(keys, records);
  const double start = now_seconds();
  for (size_t e = 0; e < episodes; e++) run_episode(keys + e * KEY_WORDS, records + e * FIELDS);
  const double seconds = now_seconds() - start;
  printf("seconds %.9f rows %.0f\n", seconds, (double)episodes * ROWS);
  for (size_t e = 0; e < wanted && e < episodes; e++) {
    for (int f = 0; f < FIELDS; f++) printf("%s%.17g", f == 0 ? "" : " ", records[e * FIELDS + f]);
    printf("\n");
  }
  free(records);
  free(keys);
  return 0;
}
