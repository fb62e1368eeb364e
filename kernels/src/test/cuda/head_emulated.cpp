// The checks of head_cases.h on the emulator. Built with the library of src/main/cuda/build.sh OUT_DIR:
//   g++ -std=c++17 -O2 head_emulated.cpp OUT_DIR/libpatchbay_emulator.so -Wl,-rpath,OUT_DIR -o head_emulated
// Usage: head_emulated [seed [order [barrier]]], where a barrier
// (file:line) is left out, so that the checks must fail. Lists the barriers come to.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vector>

#include "../../main/cuda/change_params.cuh"

extern "C" {
int pb_emulator_launch(const char *, int, int, int, int, const void *, long long, int, char *, int);
void *pb_emulator_allocate(const char *, long long);
void pb_emulator_skip(const char *);
int pb_emulator_barriers(char *, int);
}

static int order = 0;
static int failures = 0;
static bool skips = false;  // a barrier: one failure is enough

static void *room(const char *owner, long long bytes) { return pb_emulator_allocate(owner, bytes); }
static void give(void *to, const void *from, long long bytes) { memcpy(to, from, (size_t)bytes); }
static void take(void *to, const void *from, long long bytes) { memcpy(to, from, (size_t)bytes); }

template <class P>
static void launch(const char *kernel, int x, int y, int threads, int shared, const P &params) {
  char error[1000];
  if (pb_emulator_launch(kernel, x, y, threads, shared, &params, sizeof(P), order, error, sizeof error) != 0) {
    printf("%s\n", error);
    exit(1);
  }
}

static void expect(bool holds, const char *what, double value, double limit) {
  printf("%s %-45s %.3g (%.3g)\n", holds ? "ok  " : "FAIL", what, value, limit);
  fflush(stdout);
  if (!holds) failures++;
  if (!holds && skips) exit(1);
}

#include "head_cases.h"

int main(int count, char **arguments) {
  Draw draw = {count > 1 ? strtoull(arguments[1], nullptr, 10) : 1};
  order = count > 2 ? atoi(arguments[2]) : 0;
  skips = count > 3;
  if (skips) pb_emulator_skip(arguments[3]);
  check_any(draw, 10, 256, 13, 1, true);
  check_any(draw, 70, 300, 9, 1e-3, false);
  const int shared = change_linear_shared(256, 32, 3);
  check_linear(draw, "change_linear_256", false, 256, 16, 1, 1, true, 1, shared);
  check_linear(draw, "change_linear_256", false, 128, 4, 133, 1e-4, true, 1, shared);
  check_linear(draw, "change_linear_256", false, 128, 1, 33, 1, false, 2, shared);
  check_linear(draw, "change_linear_256_split", true, 256, 16, 77, 1e-4, true, 2, shared);
  check_linear(draw, "change_linear_256_split", true, 128, 2, 1, 1, true, 1, shared);
  check_down(draw, 32, 32, 16, false, "change_down_32_32_16", down_shared(32, 16, 1, 2), 5, 1, 2);
  check_down(draw, 32, 32, 16, false, "change_down_32_32_16", down_shared(32, 16, 1, 2), 4, 1e-4, 1);
  check_down(draw, 32, 64, 8, false, "change_down_32_64_8", down_shared(32, 8, 2, 3), 9, 1e-4, 1);
  check_down(draw, 32, 64, 8, false, "change_down_32_64_8", down_shared(32, 8, 2, 3), 1, 1, 2);
  check_down(draw, 64, 64, 4, true, "change_down_64_64_4_wide", down_shared(64, 4, 4, 3), 27, 1e-4, 2);
  check_down(draw, 64, 64, 4, true, "change_down_64_64_4_wide", down_shared(64, 4, 4, 3), 1, 1, 2);
  check_image(draw, 1, 32, "change_down_image_1_32_32", 3, 7, 1, 2);
  check_image(draw, 1, 32, "change_down_image_1_32_32", 3, 5, 1e-4, 1);
  check_image(draw, 3, 32, "change_down_image_3_32_32", 2, 3, 1e-2, 1);
  const UpLayer d1(draw, 64, 64, 4, "change_up_64_64_4", 4, change_shared(128, 4, 4, 3));
  const UpLayer d2(draw, 64, 32, 8, "change_up_64_32_8", 2, change_shared(128, 8, 2, 3));
  check_up(draw, d1, 1, 1, true, 3);
  check_up(draw, d1, 27, 1e-4, false, 1);
  check_up(draw, d1, 13, 0.1, false, 2);
  check_up(draw, d2, 1, 1, true, 3);
  check_up(draw, d2, 11, 1e-4, false, 1);
  check_up(draw, d2, 7, 1e-2, true, 2);
  const int first1 = change_shared(256, 4, 4, 3), first2 = change_shared(256, 8, 2, 3);
  check_first(draw, 64, 64, 4, "change_up_first_64_64_4", false, first1, 13, 1, true, 2);
  check_first(draw, 64, 64, 4, "change_up_first_64_64_4", false, first1, 6, 1e-4, false, 1);
  check_first(draw, 64, 32, 8, "change_up_first_64_32_8", false, first2, 9, 1, false, 2);
  check_first(draw, 64, 32, 8, "change_up_first_64_32_8", false, first2, 7, 1e-4, true, 3);
  check_first(draw, 64, 64, 4, "change_up_exact_64_64_4", true, first1, 13, 1, false, 2);
  check_first(draw, 64, 64, 4, "change_up_exact_64_64_4", true, first1, 6, 1e-4, true, 1);
  check_first(draw, 64, 32, 8, "change_up_exact_64_32_8", true, first2, 9, 1, false, 2);
  check_first(draw, 64, 32, 8, "change_up_exact_64_32_8", true, first2, 5, 1e-6, false, 3);
  const Head head(draw, d1.kernel, 4, d1.shared, d2.kernel, 2, d2.shared);
  for (double size = 1; size > 1e-7; size /= 100) check_head(draw, head, 5, size, 2);
  char barriers[4000];
  pb_emulator_barriers(barriers, sizeof barriers);
  printf("%s", barriers);
  printf(failures == 0 ? "all hold\n" : "%d FAILED\n", failures);
  return failures != 0;
}
