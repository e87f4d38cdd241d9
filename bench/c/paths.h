/*
 * Paths in chunks, as the engine's handler writes them: a column of times and one of prices, 512 rows at a time. The record of
 * an episode is the last price of each chunk.
 */
#define STEPS 10000
#define CHUNK 512
#define KEY_WORDS 4
#define ROWS (STEPS + 1)
#define FIELDS ((ROWS + CHUNK - 1) / CHUNK)
#define STEPS_PER_YEAR 8760.0

/* Written for every row, so that the rows cannot be optimised away. */
static double times[CHUNK], prices[CHUNK];

static void write_times(int row, int count) {
  for (int i = 0; i < count; i++) times[i] = (row + i) * 3600000.0;
}
