// Runs a kernel on the emulator from C++ alone. A test is one file:
//
//   #include "harness.h"
//   struct ScaleParams { const float *x; float *y; const int *rows; long long size; double factor; };
//   int main() {
//     Memory<float> x("x", drawn(1, 100)), y("y", 100);
//     Memory<int> rows("rows", {10});
//     for (int order = 0; order < 3; order++) {
//       y.poison();
//       launch("samples/scale", 1, 1, 256, 0, ScaleParams{x, y, rows, 10, 3.0}, order);
//       for (int i = 0; i < 100; i++) expect_near("y", i, y[i], 3.0 * x[i], 1e-6);
//     }
//     return report();
//   }
//
// Built with the library of src/main/cuda/build.sh OUT_DIR:
//   g++ -std=c++17 -O2 -I kernels/src/test/cuda test.cpp OUT_DIR/libpatchbay_emulator.so
//     -Wl,-rpath,OUT_DIR -o test
#pragma once

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <random>
#include <string>
#include <vector>

extern "C" {
int pb_emulator_launch(const char *kernel, int blocksX, int blocksY, int threads, int shared, const void *params,
                       long long bytes, int order, char *error, int errorLength);
int pb_emulator_kernels(char *text, int length);
void pb_emulator_skip(const char *site);
void pb_emulator_watch(int when);
int pb_emulator_barriers(char *text, int length);
void pb_emulator_forget();
void *pb_emulator_allocate(const char *owner, long long bytes);
int pb_emulator_free(void *address, char *error, int errorLength);
int pb_emulator_check(const void *address, long long bytes, char *error, int errorLength);
}

static int failures = 0;

// `count` values of the emulator's memory; NaN (words of ones) unless given.
template <class T>
class Memory {
 public:
  Memory(const char *owner, long long count)
      : count_(count), data_(static_cast<T *>(pb_emulator_allocate(owner, count * (long long)sizeof(T)))) {}
  Memory(const char *owner, const std::vector<T> &values) : Memory(owner, (long long)values.size()) {
    memcpy(data_, values.data(), values.size() * sizeof(T));
  }
  ~Memory() {
    char error[1024];
    if (pb_emulator_free(data_, error, sizeof error) != 0) {
      printf("FAILED: %s\n", error);
      failures++;
    }
  }
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;
  operator T *() { return data_; }
  T &operator[](long long i) { return data_[i]; }
  T &operator[](int i) { return data_[i]; }
  long long count() const { return count_; }
  void poison() { memset(static_cast<void *>(data_), 0xff, (size_t)count_ * sizeof(T)); }

 private:
  long long count_;
  T *data_;
};

// Values of the normal distribution.
static inline std::vector<float> drawn(unsigned seed, long long count, double scale = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, scale);
  std::vector<float> values((size_t)count);
  for (float &value : values) value = (float)normal(random);
  return values;
}

// The error of a launch, or nothing.
template <class Params>
static inline std::string launch_error(const char *kernel, int blocksX, int blocksY, int threads, int shared,
                                       const Params &params, int order = 0) {
  char error[4096] = "";
  int status =
      pb_emulator_launch(kernel, blocksX, blocksY, threads, shared, &params, sizeof params, order, error, sizeof error);
  return status == 0 ? "" : error;
}

template <class Params>
static inline void launch(const char *kernel, int blocksX, int blocksY, int threads, int shared, const Params &params,
                          int order = 0) {
  std::string error = launch_error(kernel, blocksX, blocksY, threads, shared, params, order);
  if (error.empty()) return;
  printf("FAILED: %s\n", error.c_str());
  Dl_info library;
  size_t code = error.rfind("code +");
  if (code != std::string::npos && dladdr(reinterpret_cast<void *>(&pb_emulator_launch), &library) != 0) {
    fflush(stdout);
    std::string command = std::string("addr2line -i -s -e '") + library.dli_fname + "' " + error.substr(code + 6);
    if (system(command.c_str()) != 0) printf("no addr2line\n");
  }
  exit(1);
}

// `error` is relative to the larger of 1 and what is expected.
static inline void expect_near(const char *what, long long i, double value, double expected, double error) {
  if (fabs(value - expected) <= error * fmax(1, fabs(expected))) return;
  if (failures++ < 20) printf("FAILED: %s[%lld] is %.9g, not %.9g\n", what, i, value, expected);
}

static inline void expect(bool what, const char *text) {
  if (what) return;
  failures++;
  printf("FAILED: %s\n", text);
}

static inline int report() {
  printf(failures == 0 ? "passed\n" : "%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
