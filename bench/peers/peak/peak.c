/*
 * What the processors can do: fused multiply-adds on registers, float32, the widest vectors the compiler knows.
 * Usage: peak THREADS SECONDS; prints GFLOP/s of all threads together.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif

typedef float vector __attribute__((vector_size(LANES * 4)));

/* Enough of them to hide the latency of two units. */
#define CHAINS 14
#define REPEATS 10000

static double seconds;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static void *work(void *result) {
  vector sums[CHAINS];
  vector factor, offset;
  for (int lane = 0; lane < LANES; lane++) {
    factor[lane] = 0.999f;
    offset[lane] = 0.001f;
    for (int i = 0; i < CHAINS; i++) sums[i][lane] = i;
  }
  double start = now(), flops = 0, elapsed;
  do {
    for (int k = 0; k < REPEATS; k++) {
#pragma GCC unroll 14
      for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * factor + offset;
    }
    flops += 2.0 * REPEATS * CHAINS * LANES;
    elapsed = now() - start;
  } while (elapsed < seconds);
  float total = 0;
  for (int i = 0; i < CHAINS; i++) total += sums[i][0];
  /* The sum is used, so that it must be computed. */
  *(double *)result = total == 12345 ? 0 : flops / elapsed / 1e9;
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int threads = atoi(arguments[1]);
  seconds = atof(arguments[2]);
  pthread_t *workers = malloc(threads * sizeof *workers);
  double *results = malloc(threads * sizeof *results), sum = 0;
  for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, work, &results[i]);
  for (int i = 0; i < threads; i++) {
    pthread_join(workers[i], NULL);
    sum += results[i];
  }
  printf("%.1f\n", sum);
  return 0;
}
